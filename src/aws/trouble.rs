//! Why a call failed, in the words of somebody who has to do something about it.
//!
//! Codes: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html> and the common errors of the
//! other services.

use std::error::Error;
use std::fmt;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_ec2::config::http::HttpResponse;
use aws_sdk_ec2::error::{ProvideErrorMetadata, SdkError};

/// What kind of failure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TroubleKind {
    /// There are no credentials.
    NoCredentials,
    /// The credentials have expired.
    Expired,
    /// AWS does not know the credentials, or the Region is not enabled for the account.
    Rejected,
    /// A permission is missing.
    Denied,
    /// Too many calls, after all retries.
    Throttled,
    /// No Region was named.
    NoRegion,
    /// AWS was not reached: no network, no such host.
    Unreachable,
    /// AWS did not answer in time.
    TimedOut,
    /// What was asked about does not exist.
    NotFound,
    /// Something else.
    Other,
}

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// What kind of failure.
    pub kind: TroubleKind,
    /// AWS's code, where it answered.
    pub code: Option<String>,
    /// What AWS or the SDK said.
    pub message: String,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            TroubleKind::NoCredentials => "no credentials",
            TroubleKind::Expired => "the credentials have expired",
            TroubleKind::Rejected => "AWS does not accept the credentials",
            TroubleKind::Denied => "denied",
            TroubleKind::Throttled => "throttled, after all retries",
            TroubleKind::NoRegion => "no Region",
            TroubleKind::Unreachable => "AWS cannot be reached",
            TroubleKind::TimedOut => "no answer in time",
            TroubleKind::NotFound => "not found",
            TroubleKind::Other => "failed",
        };
        f.write_str(what)?;
        match (&self.code, self.message.is_empty()) {
            (Some(code), true) => write!(f, " ({code})"),
            (Some(code), false) => write!(f, " ({code}: {})", self.message),
            (None, true) => Ok(()),
            (None, false) => write!(f, " ({})", self.message),
        }
    }
}

impl Error for Trouble {}

/// How much of what AWS says is kept: a denial may carry an encoded message of a kilobyte.
const MESSAGE: usize = 300;

impl Trouble {
    /// No Region was named.
    pub fn no_region() -> Self {
        Self::new(TroubleKind::NoRegion, "")
    }

    /// Of a kind, in words of ours.
    pub(super) fn new(kind: TroubleKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            code: None,
            message: message.into(),
        }
    }

    /// What a failed call tells.
    pub(super) fn of<E>(error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let status = error.raw_response().map(|response| response.status().as_u16());
        if let Some(said) = error.as_service_error().map(ProvideErrorMetadata::meta) {
            let message = said.message().unwrap_or_default();
            let message = message
                .split(" Encoded authorization failure message")
                .next()
                .unwrap_or(message);
            return match (said.code(), status) {
                (Some(code), _) => Self {
                    kind: kind_of_code(code),
                    code: Some(code.to_owned()),
                    message: cut(message),
                },
                (None, Some(status)) => Self::new(TroubleKind::Other, format!("HTTP status {status}")),
                (None, None) => Self::new(TroubleKind::Other, cut(message)),
            };
        }
        if let Some(of_credentials) = causes(error).find_map(|cause| cause.downcast_ref::<CredentialsError>())
        {
            return of_credentials_error(of_credentials);
        }
        let innermost = causes(error).last().map(ToString::to_string).unwrap_or_default();
        let kind = match error {
            SdkError::TimeoutError(_) => TroubleKind::TimedOut,
            SdkError::DispatchFailure(failure) if failure.is_timeout() => TroubleKind::Unreachable,
            SdkError::DispatchFailure(failure) if failure.is_io() => TroubleKind::Unreachable,
            SdkError::ConstructionFailure(_) | SdkError::DispatchFailure(_) if says_no_region(error) => {
                TroubleKind::NoRegion
            }
            _ => TroubleKind::Other,
        };
        Self::new(kind, cut(&innermost))
    }

    /// Whether nothing at all can be done with these credentials, in any call.
    pub fn is_of_credentials(&self) -> bool {
        matches!(
            self.kind,
            TroubleKind::NoCredentials | TroubleKind::Expired | TroubleKind::Rejected | TroubleKind::NoRegion
        )
    }
}

fn says_no_region(error: &(dyn Error + 'static)) -> bool {
    causes(error).any(|cause| {
        let text = cause.to_string();
        text.contains("Missing Region")
            || text.contains("region must be set")
            || text.contains("Invalid Configuration: Missing Region")
    })
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    let mut next = Some(error);
    std::iter::from_fn(move || {
        let this = next?;
        next = this.source();
        Some(this)
    })
}

fn of_credentials_error(error: &CredentialsError) -> Trouble {
    // The provider may itself have called AWS: STS for a profile's role, SSO.
    let told: Vec<String> = causes(error).map(ToString::to_string).collect();
    let expired = told.iter().any(|text| text.contains("xpired"));
    let (kind, message) = match error {
        _ if expired => (TroubleKind::Expired, told.last().cloned()),
        // The chain lists all the places where it looked; that helps nobody.
        CredentialsError::CredentialsNotLoaded(_) => (TroubleKind::NoCredentials, None),
        CredentialsError::ProviderTimedOut(_) => (TroubleKind::TimedOut, told.last().cloned()),
        _ => (TroubleKind::NoCredentials, told.last().cloned()),
    };
    Trouble::new(kind, cut(&message.unwrap_or_default()))
}

/// What a code means. Services agree on none of them.
fn kind_of_code(code: &str) -> TroubleKind {
    match code {
        "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" | "TokenRefreshRequired" => {
            TroubleKind::Expired
        }
        "AuthFailure"
        | "InvalidClientTokenId"
        | "UnrecognizedClientException"
        | "SignatureDoesNotMatch"
        | "InvalidSignatureException"
        | "InvalidAccessKeyId"
        | "IncompleteSignature"
        | "OptInRequired" => TroubleKind::Rejected,
        "UnauthorizedOperation" | "AccessDenied" | "AccessDeniedException" | "UnauthorizedAccess" => {
            TroubleKind::Denied
        }
        "RequestLimitExceeded"
        | "Throttling"
        | "ThrottlingException"
        | "ThrottledException"
        | "TooManyRequestsException"
        | "RequestThrottled"
        | "SlowDown"
        | "BandwidthLimitExceeded" => TroubleKind::Throttled,
        "ResourceNotFoundException"
        | "NoSuchKey"
        | "NoSuchBucket"
        | "ParameterNotFound"
        | "ParameterVersionNotFound" => TroubleKind::NotFound,
        _ => TroubleKind::Other,
    }
}

fn cut(message: &str) -> String {
    let message = message.trim();
    match message.char_indices().nth(MESSAGE) {
        Some((end, _)) => format!("{}…", message.get(..end).unwrap_or_default()),
        None => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_several_services_mean_the_same() {
        for (code, kind) in [
            ("UnauthorizedOperation", TroubleKind::Denied),
            ("AccessDenied", TroubleKind::Denied),
            ("AccessDeniedException", TroubleKind::Denied),
            ("RequestLimitExceeded", TroubleKind::Throttled),
            ("Throttling", TroubleKind::Throttled),
            ("ExpiredToken", TroubleKind::Expired),
            ("InvalidClientTokenId", TroubleKind::Rejected),
            ("InternalError", TroubleKind::Other),
        ] {
            assert_eq!(kind_of_code(code), kind, "{code}");
        }
    }

    #[test]
    fn long_messages_are_cut_between_characters() {
        let long = "é".repeat(400);
        assert_eq!(cut(&long).chars().count(), 301);
        assert_eq!(cut(" short "), "short");
    }

    #[test]
    fn a_trouble_reads_well() {
        let trouble = Trouble {
            kind: TroubleKind::Denied,
            code: Some("UnauthorizedOperation".into()),
            message: "You are not authorized".into(),
        };
        assert_eq!(
            trouble.to_string(),
            "denied (UnauthorizedOperation: You are not authorized)"
        );
        assert_eq!(Trouble::new(TroubleKind::NoRegion, "").to_string(), "no Region");
    }
}
