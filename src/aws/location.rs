//! Where the path file is: on disk, in S3, in Parameter Store.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html>,
//! <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html>

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use aws_config::SdkConfig;
use aws_sdk_s3::error::DisplayErrorContext;

/// The largest path file that is read: more than ten thousand paths.
const MOST_BYTES: usize = 32 << 20;

/// Where a path file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// A file.
    Disk(PathBuf),
    /// An object.
    S3 {
        /// The bucket.
        bucket: String,
        /// The key.
        key: String,
    },
    /// A parameter, by name, by `name:version` or by ARN.
    Ssm(String),
}

/// A location that cannot be read as one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` names no {1}: write {2}")]
pub struct LocationError(String, &'static str, &'static str);

impl FromStr for Location {
    type Err = LocationError;

    fn from_str(text: &str) -> Result<Self, LocationError> {
        if let Some(rest) = text.strip_prefix("s3://") {
            return match rest.split_once('/') {
                Some((bucket, key)) if !bucket.is_empty() && !key.is_empty() => Ok(Self::S3 {
                    bucket: bucket.to_owned(),
                    key: key.to_owned(),
                }),
                _ => Err(LocationError(text.to_owned(), "object", "`s3://bucket/key`")),
            };
        }
        if let Some(name) = text.strip_prefix("ssm:") {
            return if name.is_empty() {
                Err(LocationError(text.to_owned(), "parameter", "`ssm:/name`"))
            } else {
                Ok(Self::Ssm(name.to_owned()))
            };
        }
        if text.is_empty() {
            return Err(LocationError(
                text.to_owned(),
                "file",
                "a file's name, `s3://bucket/key` or `ssm:/name`",
            ));
        }
        Ok(Self::Disk(text.into()))
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Disk(path) => write!(f, "{}", path.display()),
            Self::S3 { bucket, key } => write!(f, "s3://{bucket}/{key}"),
            Self::Ssm(name) => write!(f, "ssm:{name}"),
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

/// A path file could not be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read the path file `{location}`: {problem}")]
pub struct FetchError {
    location: Location,
    problem: String,
}

impl Location {
    /// Reads what stands there; `None`: it is still the known version.
    ///
    /// # Errors
    ///
    /// If it cannot be read, is too long, or no UTF-8.
    pub async fn fetch(&self, config: &SdkConfig, known: Option<&str>) -> Result<Option<Fetched>, FetchError> {
        match self {
            Self::Disk(path) => self.disk(path, known),
            Self::S3 { bucket, key } => self.object(config, bucket, key, known).await,
            Self::Ssm(name) => self.parameter(config, name, known).await,
        }
    }

    fn failed(&self, problem: impl Into<String>) -> FetchError {
        FetchError {
            location: self.clone(),
            problem: problem.into(),
        }
    }

    fn text(&self, bytes: Vec<u8>) -> Result<String, FetchError> {
        if bytes.len() > MOST_BYTES {
            return Err(self.failed("it is larger than 32 MiB"));
        }
        String::from_utf8(bytes).map_err(|_| self.failed("it is not UTF-8"))
    }

    fn disk(&self, path: &std::path::Path, known: Option<&str>) -> Result<Option<Fetched>, FetchError> {
        let bytes = std::fs::read(path).map_err(|error| self.failed(error.to_string()))?;
        let text = self.text(bytes)?;
        let version = crate::monitor::incident_id("path file", &text);
        Ok((known != Some(version.as_str())).then_some(Fetched { text, version }))
    }

    async fn object(
        &self,
        config: &SdkConfig,
        bucket: &str,
        key: &str,
        known: Option<&str>,
    ) -> Result<Option<Fetched>, FetchError> {
        // Emulators, and endpoints of one's own, have no host for each bucket.
        let path_style = config.endpoint_url().is_some();
        let settings = aws_sdk_s3::config::Builder::from(config).force_path_style(path_style);
        let answer = aws_sdk_s3::Client::from_conf(settings.build())
            .get_object()
            .bucket(bucket)
            .key(key)
            .set_if_none_match(known.map(ToOwned::to_owned))
            .send()
            .await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) if error.raw_response().is_some_and(|raw| raw.status().as_u16() == 304) => {
                return Ok(None);
            }
            Err(error) => return Err(self.failed(DisplayErrorContext(&error).to_string())),
        };
        if answer.content_length().is_some_and(|length| length > MOST_BYTES as i64) {
            return Err(self.failed("it is larger than 32 MiB"));
        }
        let version = answer.e_tag().unwrap_or_default().to_owned();
        let bytes = answer
            .body
            .collect()
            .await
            .map_err(|error| self.failed(error.to_string()))?;
        let text = self.text(bytes.to_vec())?;
        Ok(Some(Fetched { text, version }))
    }

    async fn parameter(
        &self,
        config: &SdkConfig,
        name: &str,
        known: Option<&str>,
    ) -> Result<Option<Fetched>, FetchError> {
        let answer = aws_sdk_ssm::Client::new(config)
            .get_parameter()
            .name(name)
            .with_decryption(true)
            .send()
            .await
            .map_err(|error| self.failed(DisplayErrorContext(&error).to_string()))?;
        let parameter = answer.parameter().ok_or_else(|| self.failed("the answer is empty"))?;
        let version = parameter.version().to_string();
        if known == Some(version.as_str()) {
            return Ok(None);
        }
        let text = self.text(parameter.value().unwrap_or_default().as_bytes().to_vec())?;
        Ok(Some(Fetched { text, version }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_are_read_and_written_back() {
        for text in ["hopwatch.yaml", "s3://bucket/a/b.yaml", "ssm:/hopwatch/paths"] {
            assert_eq!(text.parse::<Location>().unwrap().to_string(), text);
        }
        for text in ["s3://bucket", "s3:///key", "s3://bucket/", "ssm:", ""] {
            let error = text.parse::<Location>().unwrap_err().to_string();
            assert!(error.contains("write "), "{error}");
        }
    }
}
