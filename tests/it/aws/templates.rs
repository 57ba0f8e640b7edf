//! What the templates make, asked of moto by the calls that a user would make; what moto skips is read in the expanded
//! template.

use std::collections::BTreeMap;
use std::path::Path;

use aws_sdk_eventbridge::types::{PutEventsRequestEntry, Target};
use aws_sdk_sqs::types::QueueAttributeName;
use hopwatch::aws::deployment::Settings;
use hopwatch::event::{Invocation, Own, Request, Sweep, parse_text, rules};
use serde_json::{Value, json};

use super::function::{queue, receive};
use super::harness::block_on;
use super::ministack;
use super::moto::{Account, REGION, moto};
use crate::hopwatch::root;

/// The template as plain CloudFormation.
fn expanded() -> Value {
    ministack::script("expand.py", &[root().join("infra/template.yaml")], &[], &[])
}

/// Its resources of a type, by name.
fn of_type<'t>(template: &'t Value, name: &str) -> BTreeMap<&'t str, &'t Value> {
    let resources = template["Resources"].as_object().unwrap();
    resources
        .iter()
        .filter(|(_, resource)| resource["Type"] == name)
        .map(|(id, resource)| (id.as_str(), &resource["Properties"]))
        .collect()
}

/// Makes a stack in an account on moto; it is called `hopwatch`.
fn on_moto(account: &Account, template: &Path, parameters: &[(&str, &str)]) -> Stack {
    // moto runs no functions: any file will do for the code.
    let arguments = [template.to_owned(), template.to_owned()];
    let made = ministack::script(
        "deploy.py",
        &arguments,
        parameters,
        &account.environment(moto().url(), REGION),
    );
    serde_json::from_value(made).unwrap()
}

/// What a stack gave out, and its resources' ids.
#[derive(serde::Deserialize)]
struct Stack {
    outputs: BTreeMap<String, String>,
    resources: BTreeMap<String, String>,
}

#[test]
fn pattern_queue_mapping_function_topic() {
    block_on(async {
        let account = Account::new().await;
        let folder = tempfile::tempdir().unwrap();
        let template = folder.path().join("template.json");
        std::fs::write(&template, expanded().to_string()).unwrap();
        let stack = on_moto(&account, &template, &[("OrganizationId", "o-abcdefghij")]);
        let config = account.config(moto().url(), REGION).await;
        let sqs = aws_sdk_sqs::Client::new(&config);
        let attributes = async |url: &str| {
            let call = sqs.get_queue_attributes().queue_url(url);
            let answer = call
                .attribute_names(QueueAttributeName::All)
                .send()
                .await
                .unwrap();
            answer.attributes.unwrap()
        };
        let queue = attributes(&stack.outputs["QueueUrl"]).await;
        let queue_arn = &queue[&QueueAttributeName::QueueArn];
        let dead = attributes(&stack.outputs["DeadLetterQueueUrl"]).await;
        let redrive: Value = serde_json::from_str(&queue[&QueueAttributeName::RedrivePolicy]).unwrap();
        assert_eq!(
            redrive["deadLetterTargetArn"],
            dead[&QueueAttributeName::QueueArn]
        );

        let bus = aws_sdk_eventbridge::Client::new(&config);
        for rule in rules() {
            let name = format!("hopwatch-{}", rule.name);
            let there = bus.describe_rule().name(&name).send().await.unwrap();
            let pattern: Value = serde_json::from_str(there.event_pattern().unwrap()).unwrap();
            assert_eq!(pattern, rule.pattern);
            assert_eq!(there.state().unwrap().as_str(), "ENABLED");
            let targets = bus.list_targets_by_rule().rule(&name).send().await.unwrap();
            let arns: Vec<&str> = targets.targets().iter().map(Target::arn).collect();
            assert_eq!(arns, [queue_arn], "{name}");
        }

        let lambda = aws_sdk_lambda::Client::new(&config);
        let function = &stack.outputs["FunctionName"];
        let call = lambda.list_event_source_mappings().function_name(function);
        let mappings = call.send().await.unwrap();
        let [mapping] = mappings.event_source_mappings() else {
            panic!("{mappings:?}");
        };
        assert_eq!(mapping.event_source_arn(), Some(queue_arn.as_str()));
        assert_eq!(mapping.batch_size(), Some(500));

        let call = lambda.get_function_configuration().function_name(function);
        let function = call.send().await.unwrap();
        let timeout: u64 = function.timeout().unwrap().try_into().unwrap();
        let hidden: u64 = queue[&QueueAttributeName::VisibilityTimeout].parse().unwrap();
        assert!(hidden >= 6 * timeout);
        let variables = function.environment().unwrap().variables().unwrap();
        let settings = Settings::read(|name| variables.get(name).cloned()).unwrap();
        assert_eq!(settings.queue_url.as_ref(), Some(&stack.outputs["QueueUrl"]));
        assert_eq!(settings.table, stack.outputs["TableName"]);
        assert_eq!(
            settings.role_arn.as_ref(),
            Some(&stack.outputs["FunctionRoleArn"])
        );
        assert_eq!(settings.channels.topic.as_ref(), Some(&stack.outputs["TopicArn"]));
        let sns = aws_sdk_sns::Client::new(&config);
        let call = sns.get_topic_attributes().topic_arn(&stack.outputs["TopicArn"]);
        let topic = call.send().await.unwrap();
        assert_eq!(
            topic.attributes().unwrap().get("KmsMasterKeyId"),
            stack.resources.get("TopicKey")
        );
        let dynamodb = aws_sdk_dynamodb::Client::new(&config);
        let call = dynamodb.describe_table().table_name(&settings.table);
        let table = call.send().await.unwrap().table.unwrap();
        assert_eq!(table.key_schema()[0].attribute_name(), "pk");
    });
}

/// What neither emulator looks at, or moto does not make: who may send where, the schedule, the subscription, alarms.
#[test]
fn the_rest_of_the_template() {
    let template = expanded();
    let arn = |name: &str| json!({"Fn::GetAtt": [name, "Arn"]});
    let topic = json!({"Ref": "Topic"});

    let policies = of_type(&template, "AWS::SQS::QueuePolicy");
    let statement = &policies["QueuePolicy"]["PolicyDocument"]["Statement"][0];
    assert_eq!(statement["Principal"]["Service"], "events.amazonaws.com");
    assert_eq!(
        statement["Resource"],
        json!([arn("Queue"), arn("DeadLetterQueue")])
    );
    let from = statement["Condition"]["ArnLike"]["aws:SourceArn"]["Fn::Sub"]
        .as_str()
        .unwrap();
    for rule in of_type(&template, "AWS::Events::Rule").values() {
        let name = rule["Name"]["Fn::Sub"].as_str().unwrap();
        assert!(name.starts_with("${AWS::StackName}-") && from.ends_with(":rule/${AWS::StackName}-*"));
        assert_eq!(
            rule["Targets"][0]["DeadLetterConfig"]["Arn"],
            arn("DeadLetterQueue")
        );
    }

    let schedules = of_type(&template, "AWS::Scheduler::Schedule");
    let target = &schedules["Sweep"]["Target"];
    assert_eq!(
        (&target["Arn"], &target["RoleArn"]),
        (&arn("Queue"), &arn("SweepRole"))
    );
    let input = target["Input"]
        .as_str()
        .unwrap()
        .replace("<aws.scheduler.scheduled-time>", "2026-11-25T03:00:00Z");
    let Invocation::Requests(requests) = parse_text(&input, &Own::default()).unwrap() else {
        panic!("{input}");
    };
    assert!(
        matches!(
            requests.as_slice(),
            [Ok(Request::Sweep(Sweep {
                scheduled: Some(_),
                ..
            }))]
        ),
        "{requests:?}"
    );

    let subscriptions = of_type(&template, "AWS::SNS::Subscription");
    assert_eq!(subscriptions["EmailSubscription"]["TopicArn"], topic);
    let alarms = of_type(&template, "AWS::CloudWatch::Alarm");
    assert_eq!(alarms.len(), 5);
    for (name, alarm) in &alarms {
        assert_eq!(alarm["AlarmActions"], json!([topic]), "{name}");
        // Silence is what this one is about; to the others it is good news.
        let silence = if *name == "NoSweepAlarm" {
            "breaching"
        } else {
            "notBreaching"
        };
        assert_eq!(alarm["TreatMissingData"], silence, "{name}");
    }
    let keys = of_type(&template, "AWS::KMS::Key");
    let services = &keys["TopicKey"]["KeyPolicy"]["Statement"][1]["Principal"]["Service"];
    assert_eq!(services, "cloudwatch.amazonaws.com");

    let buses = of_type(&template, "AWS::Events::EventBusPolicy");
    let condition = &buses["BusPolicy"]["Statement"]["Condition"];
    assert_eq!(
        condition["StringEquals"]["aws:PrincipalOrgID"],
        json!({"Ref": "OrganizationId"})
    );

    let tables = of_type(&template, "AWS::DynamoDB::Table");
    let expiry = &tables["Table"]["TimeToLiveSpecification"];
    assert_eq!(*expiry, json!({"AttributeName": "expires", "Enabled": true}));
    let mappings = of_type(&template, "AWS::Lambda::EventSourceMapping");
    assert_eq!(
        mappings["FunctionChanges"]["FunctionResponseTypes"],
        json!(["ReportBatchItemFailures"])
    );
}

/// The policies that an IAM role or policy holds.
fn statements(template: &Value) -> Vec<Value> {
    let mut found = Vec::new();
    for role in of_type(template, "AWS::IAM::Role").values() {
        for policy in role["Policies"].as_array().into_iter().flatten() {
            found.extend(policy["PolicyDocument"]["Statement"].as_array().unwrap().clone());
        }
    }
    for policy in of_type(template, "AWS::IAM::Policy").values() {
        assert_eq!(policy["Roles"], json!([{"Ref": "FunctionRole"}]));
        found.extend(policy["PolicyDocument"]["Statement"].as_array().unwrap().clone());
    }
    found
}

#[test]
fn nothing_that_writes_has_a_wildcard() {
    let all = statements(&expanded());
    assert!(all.len() > 10);
    for statement in &all {
        let actions = match &statement["Action"] {
            Value::Array(actions) => actions.clone(),
            one => vec![one.clone()],
        };
        for action in &actions {
            let action = action.as_str().unwrap();
            assert!(!action.contains('*'), "{action}");
            let verb = action.split_once(':').unwrap().1;
            let reads = ["Describe", "Get", "List", "Search", "Lookup"];
            if statement["Resource"] == "*" {
                assert!(reads.iter().any(|read| verb.starts_with(read)), "{action}");
            }
        }
    }
}

/// A member account's stack forwards to the hub's bus, and there the hub's rules take over.
#[test]
fn an_event_of_a_member_account_comes_to_the_hub() {
    block_on(async {
        let (hub, member) = (Account::new().await, Account::new().await);
        let hub_config = hub.config(moto().url(), REGION).await;
        let inbox = queue(&hub_config, "hopwatch").await;
        let bus = aws_sdk_eventbridge::Client::new(&hub_config);
        for rule in rules() {
            let put = bus
                .put_rule()
                .name(rule.name)
                .event_pattern(rule.pattern.to_string());
            put.send().await.unwrap();
            let target = Target::builder()
                .id("queue")
                .arn(format!("arn:aws:sqs:{REGION}:{}:hopwatch", hub.id));
            let put = bus.put_targets().rule(rule.name).targets(target.build().unwrap());
            put.send().await.unwrap();
        }
        let hub_bus = format!("arn:aws:events:{REGION}:{}:event-bus/default", hub.id);
        let hub_role = format!("arn:aws:iam::{}:role/hopwatch", hub.id);
        let stack = on_moto(
            &member,
            &root().join("infra/member-account.yaml"),
            &[
                ("HubRoleArn", &hub_role),
                ("HubBusArn", &hub_bus),
                ("ExternalId", "something-known"),
            ],
        );
        assert_eq!(
            stack.outputs["ReadRoleArn"],
            format!("arn:aws:iam::{}:role/hopwatch-read", member.id)
        );
        let config = member.config(moto().url(), REGION).await;
        let client = aws_sdk_eventbridge::Client::new(&config);
        for rule in rules() {
            let name = format!("hopwatch-{}", rule.name);
            let there = client.describe_rule().name(&name).send().await.unwrap();
            let pattern: Value = serde_json::from_str(there.event_pattern().unwrap()).unwrap();
            assert_eq!(pattern, rule.pattern);
            let targets = client.list_targets_by_rule().rule(&name).send().await.unwrap();
            let [target] = targets.targets() else {
                panic!("{targets:?}")
            };
            assert_eq!(target.arn(), hub_bus);
            let role = target.role_arn().unwrap();
            assert!(role.ends_with(&stack.resources["ForwardRole"]), "{role}");
        }

        let text = std::fs::read_to_string(root().join("events/network-acl-entry-deleted.json")).unwrap();
        let event: Value = serde_json::from_str(&text).unwrap();
        let entry = PutEventsRequestEntry::builder()
            .source(event["source"].as_str().unwrap())
            .detail_type(event["detail-type"].as_str().unwrap())
            .detail(event["detail"].to_string());
        client.put_events().entries(entry.build()).send().await.unwrap();
        let arrived = receive(&hub_config, &inbox).await;
        assert_eq!(arrived.len(), 1, "{arrived:#?}");
        let arrived: Value = serde_json::from_str(&arrived[0]).unwrap();
        assert_eq!(arrived["detail"]["eventName"], "DeleteNetworkAclEntry");
    });
}
