//! `bootstrap`, the Lambda function.

use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use hopwatch::aws::config;
use hopwatch::aws::deployment::Settings;
use hopwatch::function::{Handler, HandlerError, Invoked};
use jiff::Timestamp;
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::Value;
use tokio::time::Instant;

#[tokio::main]
async fn main() -> Result<(), lambda_runtime::Error> {
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_target(false)
        // CloudWatch Logs has the time.
        .without_time()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("AWS_LAMBDA_LOG_LEVEL")
                .or_else(|_| tracing_subscriber::EnvFilter::try_from_default_env())
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info")),
        )
        .init();
    if environment("AWS_LAMBDA_RUNTIME_API").is_none() {
        return Err(
            "this is hopwatch's Lambda function: it runs in AWS Lambda only; the command line is `hopwatch`"
                .into(),
        );
    }
    let settings = match Settings::read(environment) {
        Ok(settings) => settings,
        Err(error) => {
            tracing::error!(%error, "the function cannot start");
            return Err(error.into());
        }
    };
    // The function's time is short: a call that hangs is tried again rather than waited for.
    let config = Box::pin(config::load(&config::Settings {
        attempt_timeout: Duration::from_secs(10),
        call_timeout: Duration::from_secs(40),
        ..config::Settings::default()
    }))
    .await;
    let handler = Arc::new(Handler::new(settings, config));
    lambda_runtime::run_concurrent(service_fn(move |event| handle(Arc::clone(&handler), event))).await
}

/// On the heap: with it on the runtime's stack the compiler's own limits are met.
type Handling = Pin<Box<dyn Future<Output = Result<Value, HandlerError>> + Send>>;

fn handle(handler: Arc<Handler>, event: LambdaEvent<Value>) -> Handling {
    Box::pin(async move { invoke(&handler, event).await })
}

async fn invoke(handler: &Handler, event: LambdaEvent<Value>) -> Result<Value, HandlerError> {
    let context = event.context;
    let left = context.deadline().duration_since(clock()).unwrap_or_default();
    let invoked = Invoked {
        request_id: context.request_id,
        function: context.env_config.function_name.clone(),
        function_arn: Some(context.invoked_function_arn).filter(|arn| !arn.is_empty()),
        deadline: Instant::now() + left,
        now: Timestamp::try_from(clock()).unwrap_or(Timestamp::UNIX_EPOCH),
    };
    handler.handle(&event.payload, &invoked).await
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the shell, where the clock is read"
)]
fn clock() -> SystemTime {
    SystemTime::now()
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the shell, where the environment is read"
)]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
