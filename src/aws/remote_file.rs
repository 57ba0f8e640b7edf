//! A path file in S3 or in Parameter Store.

use std::fmt;

use aws_config::SdkConfig;

use super::trouble::{Trouble, TroubleKind};

/// The longest path file that is read: far more than ten thousand paths.
const MOST_BYTES: i64 = 32 << 20;

/// Where a path file stands that is not on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// `s3://bucket/key`
    S3 {
        /// The bucket.
        bucket: String,
        /// The object's key.
        key: String,
    },
    /// `ssm:/name`, `ssm:name`
    Parameter(
        /// The parameter's name; with `:version` or `:label` if so written.
        String,
    ),
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::S3 { bucket, key } => write!(f, "s3://{bucket}/{key}"),
            Self::Parameter(name) => write!(f, "ssm:{name}"),
        }
    }
}

impl Location {
    /// Reads an address; `None` where it is neither of S3 nor of Parameter Store, or names nothing there.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(rest) = text.strip_prefix("s3://") {
            let (bucket, key) = rest.split_once('/')?;
            let is_whole = !bucket.is_empty() && !key.is_empty();
            return is_whole.then(|| Self::S3 {
                bucket: bucket.to_owned(),
                key: key.to_owned(),
            });
        }
        let name = text.strip_prefix("ssm:")?;
        let name = name.strip_prefix("//").map_or(name, |rest| rest);
        (!name.is_empty()).then(|| Self::Parameter(name.to_owned()))
    }

    /// The permission that reading it takes.
    pub fn permission(&self) -> &'static str {
        match self {
            Self::S3 { .. } => "s3:GetObject",
            Self::Parameter(_) => "ssm:GetParameter",
        }
    }
}

/// What stands at a location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The text.
    pub text: String,
    /// An ETag, a parameter's version: it changes with the text.
    pub version: String,
}

/// The text of a path file. A parameter may be a SecureString: it is decrypted.
///
/// # Errors
///
/// If it cannot be read, is longer than 32 MiB, or no UTF-8.
pub async fn read(config: &SdkConfig, location: &Location) -> Result<String, Trouble> {
    let fetched = fetch(config, location, None).await?;
    Ok(fetched.map(|fetched| fetched.text).unwrap_or_default())
}

/// The same with its version; `None`: it still is the version that is known.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-reads.html>
///
/// # Errors
///
/// As of [`read`].
pub async fn fetch(
    config: &SdkConfig,
    location: &Location,
    known: Option<&str>,
) -> Result<Option<Fetched>, Trouble> {
    match location {
        Location::S3 { bucket, key } => object(config, bucket, key, known).await,
        Location::Parameter(name) => parameter(config, name, known).await,
    }
}

async fn object(
    config: &SdkConfig,
    bucket: &str,
    key: &str,
    known: Option<&str>,
) -> Result<Option<Fetched>, Trouble> {
    // An endpoint of one's own has no host name for each bucket.
    let settings =
        aws_sdk_s3::config::Builder::from(config).force_path_style(config.endpoint_url().is_some());
    let answer = aws_sdk_s3::Client::from_conf(settings.build())
        .get_object()
        .bucket(bucket)
        .key(key)
        .set_if_none_match(known.map(ToOwned::to_owned))
        .send()
        .await;
    let object = match answer {
        Ok(object) => object,
        Err(error)
            if error
                .raw_response()
                .is_some_and(|raw| raw.status().as_u16() == 304) =>
        {
            return Ok(None);
        }
        Err(error) => return Err(Trouble::of(&error)),
    };
    if object.content_length().is_some_and(|length| length > MOST_BYTES) {
        return Err(Trouble::new(TroubleKind::Other, "it is longer than 32 MiB"));
    }
    let version = object.e_tag().unwrap_or_default().to_owned();
    let body = object.body.collect().await;
    let bytes = body.map_err(|error| Trouble::new(TroubleKind::Unreachable, error.to_string()))?;
    let text = String::from_utf8(bytes.to_vec())
        .map_err(|_| Trouble::new(TroubleKind::Other, "a path file is UTF-8 text"))?;
    Ok(Some(Fetched { text, version }))
}

async fn parameter(config: &SdkConfig, name: &str, known: Option<&str>) -> Result<Option<Fetched>, Trouble> {
    let answer = aws_sdk_ssm::Client::new(config)
        .get_parameter()
        .name(name)
        .with_decryption(true)
        .send()
        .await;
    let answer = answer.map_err(|error| Trouble::of(&error))?;
    let Some(parameter) = answer.parameter() else {
        return Err(Trouble::new(TroubleKind::Other, "the answer has no parameter"));
    };
    let version = parameter.version().to_string();
    Ok((known != Some(version.as_str())).then(|| Fetched {
        text: parameter.value().unwrap_or_default().to_owned(),
        version,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let s3 = |bucket: &str, key: &str| {
            Some(Location::S3 {
                bucket: bucket.into(),
                key: key.into(),
            })
        };
        let parameter = |name: &str| Some(Location::Parameter(name.into()));
        assert_eq!(
            Location::parse("s3://b/a/hopwatch.yaml"),
            s3("b", "a/hopwatch.yaml")
        );
        assert_eq!(
            Location::parse("ssm:/hopwatch/paths"),
            parameter("/hopwatch/paths")
        );
        assert_eq!(Location::parse("ssm:paths:3"), parameter("paths:3"));
        for nothing in [
            "s3://bucket",
            "s3:///key",
            "s3://bucket/",
            "ssm:",
            "hopwatch.yaml",
        ] {
            assert_eq!(Location::parse(nothing), None, "{nothing}");
        }
    }
}
