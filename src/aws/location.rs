//! Where a deployment's path file is: in the function's package, in S3, in Parameter Store.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use aws_config::SdkConfig;

use super::remote_file::{self, Fetched};

/// Where a path file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// A file.
    Disk(PathBuf),
    /// An object or a parameter.
    Remote(remote_file::Location),
}

/// A location that names nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` names no path file: write `s3://bucket/key`, `ssm:/name` or the name of a file")]
pub struct LocationError(String);

/// The path file cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read the path file `{location}`: {problem}")]
pub struct FetchError {
    location: Location,
    problem: String,
}

impl FromStr for Location {
    type Err = LocationError;

    fn from_str(text: &str) -> Result<Self, LocationError> {
        if let Some(remote) = remote_file::Location::parse(text) {
            return Ok(Self::Remote(remote));
        }
        if text.is_empty() || text.starts_with("s3://") || text.starts_with("ssm:") {
            return Err(LocationError(crate::text::clean(text, 200)));
        }
        Ok(Self::Disk(text.into()))
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Disk(path) => path.display().fmt(f),
            Self::Remote(remote) => remote.fmt(f),
        }
    }
}

impl Location {
    /// What stands there; `None`: it still is the version that is known.
    ///
    /// # Errors
    ///
    /// If it cannot be read.
    pub async fn fetch(
        &self,
        config: &SdkConfig,
        known: Option<&str>,
    ) -> Result<Option<Fetched>, FetchError> {
        let failed = |problem: String| FetchError {
            location: self.clone(),
            problem,
        };
        match self {
            Self::Remote(remote) => remote_file::fetch(config, remote, known)
                .await
                .map_err(|trouble| failed(trouble.to_string())),
            Self::Disk(path) => {
                let text = std::fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
                let version = crate::monitor::incident_id("path file", &text);
                Ok((known != Some(version.as_str())).then_some(Fetched { text, version }))
            }
        }
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
        for text in ["s3://bucket", "s3:///key", "ssm:", ""] {
            let error = text.parse::<Location>().unwrap_err().to_string();
            assert!(error.contains("s3://bucket/key"), "{error}");
        }
    }
}
