//! A path file in S3 or in Parameter Store.

use aws_config::SdkConfig;

use super::trouble::{Trouble, TroubleKind};

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

/// The text of a path file. A parameter may be a SecureString: it is decrypted.
pub async fn read(config: &SdkConfig, location: &Location) -> Result<String, Trouble> {
    match location {
        Location::S3 { bucket, key } => {
            let client = aws_sdk_s3::Client::new(config);
            let object = client.get_object().bucket(bucket).key(key).send().await;
            let body = object.map_err(|error| Trouble::of(&error))?.body.collect().await;
            let bytes = body.map_err(|error| Trouble::new(TroubleKind::Unreachable, error.to_string()))?;
            String::from_utf8(bytes.to_vec())
                .map_err(|_| Trouble::new(TroubleKind::Other, "a path file is UTF-8 text"))
        }
        Location::Parameter(name) => {
            let client = aws_sdk_ssm::Client::new(config);
            let answer = client
                .get_parameter()
                .name(name)
                .with_decryption(true)
                .send()
                .await;
            let answer = answer.map_err(|error| Trouble::of(&error))?;
            let value = answer.parameter().and_then(|parameter| parameter.value());
            Ok(value.unwrap_or_default().to_owned())
        }
    }
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
