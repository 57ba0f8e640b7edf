//! How AWS is spoken to: one function that every shell uses.
//!
//! Credentials, Region, endpoints and profiles come from where the AWS CLI finds them (environment, `~/.aws`, SSO,
//! container, instance): <https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html>. Defaults of
//! the SDK are pinned, so that an update of it changes nothing unseen.

use std::time::Duration;

use aws_config::{AppName, BehaviorVersion, Region, SdkConfig};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;

/// What is said of the account to speak to; everything left out is found as the AWS CLI finds it.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The profile of `~/.aws/config`.
    pub profile: Option<String>,
    /// The Region.
    pub region: Option<String>,
    /// Where every service is reached, instead of at AWS: an emulator, a proxy. `AWS_ENDPOINT_URL` and its kin work too.
    pub endpoint_url: Option<String>,
    /// How often a call is tried in all, unless `AWS_MAX_ATTEMPTS` or the profile say otherwise.
    pub attempts: u32,
    /// How long one try may take.
    pub attempt_timeout: Duration,
    /// How long a call may take, all tries together.
    pub call_timeout: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            profile: None,
            region: None,
            endpoint_url: None,
            attempts: 5,
            attempt_timeout: Duration::from_secs(20),
            call_timeout: Duration::from_secs(60),
        }
    }
}

/// What the SDK tries where nobody says otherwise.
const SDK_ATTEMPTS: u32 = 3;

/// The configuration that all clients are made of.
///
/// Calls are retried in the adaptive mode: where AWS throttles, all calls of a service slow down together
/// (<https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html>).
pub async fn load(settings: &Settings) -> SdkConfig {
    // ring instead of aws-lc: no entropy is collected at a cold start.
    let http_client = Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https();
    let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
        .http_client(http_client)
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(Duration::from_secs(3))
                .operation_attempt_timeout(settings.attempt_timeout)
                .operation_timeout(settings.call_timeout)
                .build(),
        );
    // AWS's user agent: which tool called, and which version of it.
    if let Ok(name) = AppName::new(concat!("hopwatch-", env!("CARGO_PKG_VERSION"))) {
        loader = loader.app_name(name);
    }
    if let Some(profile) = &settings.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(region) = &settings.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some(endpoint_url) = &settings.endpoint_url {
        loader = loader.endpoint_url(endpoint_url);
    }
    let config = loader.load().await;
    let attempts = config
        .retry_config()
        .map(RetryConfig::max_attempts)
        .filter(|attempts| *attempts != SDK_ATTEMPTS)
        .unwrap_or(settings.attempts);
    config
        .into_builder()
        .retry_config(RetryConfig::adaptive().with_max_attempts(attempts))
        .build()
}
