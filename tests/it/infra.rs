//! What is deployed is what the code needs: the templates' generated parts, and what they say of the function.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use hopwatch::event::rules;
use serde_json::Value;

fn infra(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("infra").join(name)
}

/// Held by each test that reads or rewrites a file: two parts of one file must not be written at once.
fn files() -> MutexGuard<'static, ()> {
    static FILES: Mutex<()> = Mutex::new(());
    FILES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The generated part of a file between its marks: rewritten under UPDATE_INFRA, else compared.
fn generated(name: &str, part: &str, lines: &[String]) {
    let path = infra(name);
    let text = fs::read_to_string(&path).unwrap();
    let (begin, end) = (format!("#BEGIN {part}\n"), format!("#END {part}\n"));
    let start = text
        .find(&begin)
        .unwrap_or_else(|| panic!("{name} has no {begin}"))
        + begin.len();
    let stop = start
        + text[start..]
            .find(&end)
            .unwrap_or_else(|| panic!("{name} has no {end}"));
    let stop = text[..stop].rfind('\n').unwrap() + 1;
    let indent: String = text[..start - begin.len()]
        .chars()
        .rev()
        .take_while(|c| *c == ' ')
        .collect();
    let wanted: String = lines.iter().map(|line| format!("{indent}{line}\n")).collect();
    if std::env::var_os("UPDATE_INFRA").is_some() {
        fs::write(&path, format!("{}{wanted}{}", &text[..start], &text[stop..])).unwrap();
    } else {
        assert_eq!(
            &text[start..stop],
            wanted,
            "{name}, {part}: run UPDATE_INFRA=1 cargo test --test it infra"
        );
    }
}

/// `ec2-calls` → `Ec2Calls`
fn logical_id(name: &str) -> String {
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    name.split('-').map(capital).collect()
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(ToOwned::to_owned).collect()
}

#[test]
fn the_rules_are_those_of_the_event_table() {
    let _files = files();
    let (mut hub, mut member) = (String::new(), String::new());
    for rule in rules() {
        let pattern = serde_json::to_string(&rule.pattern).unwrap();
        // AWS's limit: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
        assert!(
            pattern.len() <= 2048,
            "{} has {} characters",
            rule.name,
            pattern.len()
        );
        let id = logical_id(rule.name);
        let begin = format!(
            "{id}Rule:\n  Type: AWS::Events::Rule\n  Properties:\n    Name: !Sub \"${{AWS::StackName}}-{}\"\n    EventPattern: {pattern}\n    Targets:\n",
            rule.name
        );
        hub += &begin;
        hub += "      - Id: queue\n        Arn: !GetAtt Queue.Arn\n        DeadLetterConfig: { Arn: !GetAtt DeadLetterQueue.Arn }\n";
        member += &begin;
        member += "      - Id: hub\n        Arn: !Ref HubBusArn\n        RoleArn: !GetAtt ForwardRole.Arn\n";
    }
    generated("template.yaml", "rules", &lines(&hub));
    generated("member-account.yaml", "forwarding rules", &lines(&member));
    let json: Value = rules()
        .into_iter()
        .map(|rule| (rule.name.to_owned(), rule.pattern))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let path = infra("terraform/patterns.json");
    let text = serde_json::to_string_pretty(&json).unwrap() + "\n";
    if std::env::var_os("UPDATE_INFRA").is_some() {
        fs::write(&path, text).unwrap();
    } else {
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            text,
            "run UPDATE_INFRA=1 cargo test --test it infra"
        );
    }
}

/// What the template says of the function, its permissions and its alarms, the Terraform module says too.
#[test]
fn the_terraform_module_says_what_the_template_says() {
    let _files = files();
    let template = fs::read_to_string(infra("template.yaml")).unwrap();
    let module = fs::read_to_string(infra("terraform/main.tf")).unwrap();
    let mut compared = 0;
    let mut both = |words: &str| {
        assert!(module.contains(words), "terraform/main.tf lacks `{words}`");
        compared += 1;
    };
    for line in template.lines().map(str::trim) {
        if let Some((name, _)) = line.split_once(':')
            && (name.starts_with("HOPWATCH_") || name == "AWS_LAMBDA_LOG_LEVEL")
        {
            both(name);
        }
        for key in ["AlarmDescription: ", "Description: Evaluates", "MetricName: "] {
            if let Some(words) = line.strip_prefix(key) {
                both(words);
            }
        }
        // One in each line of the list is what the collector reads: `reads.json` has those.
        if let Some(actions) = line.strip_prefix("Action: ") {
            let actions = actions.trim_matches(['[', ']']);
            actions.split(", ").for_each(&mut both);
        }
    }
    assert!(compared > 30, "{compared}");
    let number = |text: &str, key: &str| -> Vec<u64> {
        let lines = text.lines().map(str::trim);
        let values = lines.filter_map(|line| {
            line.strip_prefix(key)?
                .trim_start_matches([' ', '='])
                .parse()
                .ok()
        });
        let mut values: Vec<u64> = values.collect();
        values.sort_unstable();
        values
    };
    for (one, other) in [
        ("Period:", "period"),
        ("EvaluationPeriods:", "periods"),
        ("Threshold:", "threshold"),
        ("BatchSize:", "batch_size"),
        (
            "MaximumBatchingWindowInSeconds:",
            "maximum_batching_window_in_seconds",
        ),
        ("Timeout:", "timeout"),
    ] {
        assert_eq!(number(&template, one), number(&module, other), "{one}");
    }
}

/// The function's time-out, and six times that.
#[test]
fn the_queue_waits_for_the_function() {
    let _files = files();
    let text = fs::read_to_string(infra("template.yaml")).unwrap();
    let number = |key: &str| -> u64 {
        let at = text.find(key).unwrap_or_else(|| panic!("no {key}")) + key.len();
        text[at..].split_whitespace().next().unwrap().parse().unwrap()
    };
    assert!(number("VisibilityTimeout:") >= 6 * number("\n      Timeout:"));
    assert!(text.contains("FunctionResponseTypes: [ReportBatchItemFailures]"));
    assert!(text.contains("AttributeName: expires, Enabled: true"));
}

#[cfg(feature = "aws")]
#[test]
fn the_permissions_are_those_of_the_calls() {
    use hopwatch::aws::describe::Call;
    let _files = files();
    let mut actions = Call::permissions();
    actions.sort_unstable();
    let mut text = String::from("- Sid: Look\n  Effect: Allow\n  Action:\n");
    for action in &actions {
        text += &format!("    - {action}\n");
    }
    text += "  Resource: \"*\"\n";
    for name in ["template.yaml", "member-account.yaml"] {
        generated(name, "reads", &lines(&text));
    }
    let path = infra("terraform/reads.json");
    let json = serde_json::to_string_pretty(&actions).unwrap() + "\n";
    if std::env::var_os("UPDATE_INFRA").is_some() {
        fs::write(&path, json).unwrap();
    } else {
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            json,
            "run UPDATE_INFRA=1 cargo test --test it infra"
        );
    }
}
