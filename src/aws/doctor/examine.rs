//! The links in their order, from the function's own settings on.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_lambda::types::State;
use jiff::Timestamp;

use super::findings::{CREDENTIALS, FUNCTION, Findings, PATH_FILE, SETTINGS, TEST};
use super::memory::memory;
use super::topics::topics;
use super::trail::trail;
use super::wiring::wiring;
use crate::aws::deployment::Settings;
use crate::aws::trouble::Trouble;
use crate::paths;
use crate::report::link::Finding;

/// Looks at every link of a deployment, by its function's name or ARN.
pub async fn examine(config: &SdkConfig, function: &str, now: Timestamp) -> Vec<Finding> {
    let mut found = Findings::default();
    match aws_sdk_sts::Client::new(config)
        .get_caller_identity()
        .send()
        .await
    {
        Ok(identity) => {
            let (account, arn) = (identity.account().unwrap_or("?"), identity.arn().unwrap_or("?"));
            found.ok(CREDENTIALS, format!("account {account}, as {arn}"));
        }
        Err(error) => {
            found.unread(CREDENTIALS, "sts:GetCallerIdentity", &error);
        }
    }
    trail(config, &mut found).await;
    let Some(environment) = of_function(config, function, &mut found).await else {
        return found.0;
    };
    let settings = match Settings::read(|name| environment.get(name).cloned()) {
        Ok(settings) => settings,
        Err(error) => {
            found.wrong(
                SETTINGS,
                error.to_string(),
                "deploy infra/template.yaml again, which sets them all",
            );
            return found.0;
        }
    };
    found.ok(SETTINGS, "complete");
    path_file(config, &settings, now, &mut found).await;
    wiring(config, function, &settings, &mut found).await;
    memory(config, &settings, now, &mut found).await;
    topics(config, &settings, &mut found).await;
    found.0
}

/// The function, and its environment.
async fn of_function(
    config: &SdkConfig,
    function: &str,
    found: &mut Findings,
) -> Option<BTreeMap<String, String>> {
    let client = aws_sdk_lambda::Client::new(config);
    let answer = match client
        .get_function_configuration()
        .function_name(function)
        .send()
        .await
    {
        Ok(answer) => answer,
        Err(error) => {
            found.failed(
                FUNCTION,
                "lambda:GetFunctionConfiguration",
                &Trouble::of(&error),
                &format!("there is no function `{function}` here"),
                "name the deployed one with --function (output FunctionName of the stack), or deploy infra/template.yaml",
            );
            return None;
        }
    };
    match answer.state() {
        None | Some(State::Active | State::Inactive) => found.ok(FUNCTION, format!("{function} is there")),
        Some(state) => found.wrong(
            FUNCTION,
            format!(
                "{function} is {}: {}",
                state.as_str(),
                answer.state_reason().unwrap_or("no reason is given")
            ),
            format!("aws lambda get-function --function-name {function}"),
        ),
    }
    let variables = answer
        .environment()
        .and_then(|environment| environment.variables());
    Some(
        variables
            .map(|variables| variables.clone().into_iter().collect())
            .unwrap_or_default(),
    )
}

async fn path_file(config: &SdkConfig, settings: &Settings, now: Timestamp, found: &mut Findings) {
    let location = &settings.paths;
    let text = match location.fetch(config, None).await {
        Ok(Some(fetched)) => fetched.text,
        Ok(None) => return found.unknown(PATH_FILE, format!("{location} gave nothing")),
        Err(error) => return found.unknown(PATH_FILE, error.to_string()),
    };
    match settings.read_paths(&text, now) {
        Ok(read) if read.file.paths.is_empty() => found.wrong(
            PATH_FILE,
            format!("{location} has no paths: nothing is watched"),
            "write the paths that must work into it",
        ),
        Ok(read) => found.ok(PATH_FILE, format!("{location}: {} paths", read.file.paths.len())),
        Err(errors) => {
            let first = errors
                .problems()
                .first()
                .map(paths::Problem::one_line)
                .unwrap_or_default();
            found.wrong(
                PATH_FILE,
                format!("it is broken, and its last valid version is in force: {first}"),
                "hopwatch validate",
            );
        }
    }
}

/// Has the function send a test alert to its topics, with its own permissions.
pub async fn send_test(config: &SdkConfig, function: &str) -> Finding {
    let mut found = Findings::default();
    match test(config, function).await {
        Ok(()) => found.ok(TEST, "the function sent one: did it come?"),
        Err(problem) => found.wrong(TEST, problem, "look into the function's log"),
    }
    found.0.remove(0)
}

async fn test(config: &SdkConfig, function: &str) -> Result<(), String> {
    let payload = serde_json::json!({"test": "alert"}).to_string();
    let client = aws_sdk_lambda::Client::new(config);
    let call = client
        .invoke()
        .function_name(function)
        .payload(payload.into_bytes().into());
    let answer = tokio::time::timeout(Duration::from_secs(60), call.send())
        .await
        .map_err(|_| "the function did not answer in a minute".to_owned())?
        .map_err(|error| Trouble::of(&error).to_string())?;
    if answer.function_error().is_none() {
        return Ok(());
    }
    let said = answer
        .payload()
        .map(|payload| String::from_utf8_lossy(payload.as_ref()));
    Err(crate::text::clean(&said.unwrap_or_default(), 400))
}
