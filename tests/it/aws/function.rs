//! The deployed function: its real binary over the Runtime API, a network, a table, a topic, a bus and a queue on moto.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
};
use serde_json::{Value, json};

use super::harness::block_on;
use super::moto::{Account, REGION, moto};
use super::pair::Pair;
use super::proxy::{Proxy, Step};
use super::runtime_api::{Function, Outcome, bootstrap};

pub(super) const TABLE: &str = "hopwatch";

/// A deployment in an account of its own.
pub(super) struct Deployment {
    account: Account,
    pub(super) config: SdkConfig,
    pair: Pair,
    pub(super) topic: String,
    alerts: String,
    announcements: String,
    queue: String,
}

impl std::ops::Deref for Deployment {
    type Target = Pair;

    fn deref(&self) -> &Pair {
        &self.pair
    }
}

impl Deployment {
    async fn new() -> Self {
        let account = Account::new().await;
        let config = account.config(moto().url(), REGION).await;
        let pair = Pair::new(&config, &account.id).await;
        let deployment = Self {
            topic: topic(&config, "alerts").await,
            alerts: queue(&config, "alerts").await,
            announcements: queue(&config, "announcements").await,
            queue: queue(&config, "hopwatch").await,
            pair,
            account,
            config,
        };
        deployment.table().await;
        deployment.subscribe().await;
        deployment
    }

    async fn table(&self) {
        let key = KeySchemaElement::builder()
            .attribute_name("pk")
            .key_type(KeyType::Hash);
        let attribute = AttributeDefinition::builder().attribute_name("pk");
        aws_sdk_dynamodb::Client::new(&self.config)
            .create_table()
            .table_name(TABLE)
            .billing_mode(BillingMode::PayPerRequest)
            .key_schema(key.build().unwrap())
            .attribute_definitions(attribute.attribute_type(ScalarAttributeType::S).build().unwrap())
            .send()
            .await
            .unwrap();
    }

    async fn subscribe(&self) {
        let sns = aws_sdk_sns::Client::new(&self.config);
        let call = sns.subscribe().topic_arn(&self.topic).protocol("sqs");
        call.endpoint(self.arn(&self.alerts)).send().await.unwrap();
        let bus = aws_sdk_eventbridge::Client::new(&self.config);
        let rule = bus
            .put_rule()
            .name("hopwatch")
            .event_pattern(r#"{"source":["hopwatch"]}"#);
        rule.send().await.unwrap();
        let target = aws_sdk_eventbridge::types::Target::builder()
            .id("queue")
            .arn(self.arn(&self.announcements));
        let targets = bus
            .put_targets()
            .rule("hopwatch")
            .targets(target.build().unwrap());
        targets.send().await.unwrap();
    }

    pub(super) fn arn(&self, queue_url: &str) -> String {
        let name = queue_url.rsplit('/').next().unwrap();
        format!("arn:aws:sqs:{REGION}:{}:{name}", self.account.id)
    }

    pub(super) async fn put_object(&self, text: &str) {
        let settings = aws_sdk_s3::config::Builder::from(&self.config).force_path_style(true);
        let s3 = aws_sdk_s3::Client::from_conf(settings.build());
        let bucket = format!("paths-{}", self.account.id);
        let place = aws_sdk_s3::types::CreateBucketConfiguration::builder();
        let place = place
            .location_constraint(aws_sdk_s3::types::BucketLocationConstraint::EuWest1)
            .build();
        let _ = s3
            .create_bucket()
            .bucket(&bucket)
            .create_bucket_configuration(place)
            .send()
            .await;
        let put = s3.put_object().bucket(&bucket).key("hopwatch.yaml");
        put.body(text.as_bytes().to_vec().into()).send().await.unwrap();
    }

    pub(super) fn object(&self) -> String {
        format!("s3://paths-{}/hopwatch.yaml", self.account.id)
    }

    async fn put_parameter(&self, text: &str) {
        let ssm = aws_sdk_ssm::Client::new(&self.config);
        let put = ssm
            .put_parameter()
            .name("/hopwatch/paths")
            .value(text)
            .overwrite(true);
        put.r#type(aws_sdk_ssm::types::ParameterType::String)
            .send()
            .await
            .unwrap();
    }

    /// The function, speaking to AWS at `url`, with its path file there.
    pub(super) fn start(&self, url: &str, paths: &str) -> Function {
        let mut environment: Vec<(String, String)> = self
            .account
            .environment(url, REGION)
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        let settings = [
            ("HOPWATCH_PATHS", paths),
            ("HOPWATCH_TABLE", TABLE),
            ("HOPWATCH_QUEUE_URL", &self.queue),
            ("HOPWATCH_BUS", "default"),
            ("HOPWATCH_TOPIC", &self.topic),
        ];
        environment.extend(settings.map(|(name, value)| (name.to_owned(), value.to_owned())));
        Function::start(environment)
    }

    /// With its path file in S3.
    pub(super) async fn with_paths() -> Self {
        let deployment = Self::new().await;
        deployment.put_object(&deployment.paths()).await;
        deployment
    }

    /// The function, once it has looked at all of that file's paths.
    pub(super) fn watching(&self, url: &str) -> Function {
        let mut function = self.start(url, &self.object());
        function.invoke(sweep()).response();
        function
    }

    /// The alerts that came to the queue behind the topic, in their order.
    pub(super) async fn alerts(&self) -> Vec<Value> {
        let mut alerts = Vec::new();
        for body in receive(&self.config, &self.alerts).await {
            let envelope: Value = serde_json::from_str(&body).unwrap();
            let message = envelope["Message"].as_str().unwrap();
            // What is no alert is a notice in plain words.
            alerts.push(serde_json::from_str(message).unwrap_or_else(|_| json!({"notice": message})));
        }
        alerts
    }

    async fn announcements(&self) -> Vec<Value> {
        let bodies = receive(&self.config, &self.announcements).await;
        bodies
            .iter()
            .map(|body| serde_json::from_str(body).unwrap())
            .collect()
    }

    async fn record(&self, name: &str) -> Value {
        let client = aws_sdk_dynamodb::Client::new(&self.config);
        let key = aws_sdk_dynamodb::types::AttributeValue::S(format!("path#{name}"));
        let item = client
            .get_item()
            .table_name(TABLE)
            .key("pk", key)
            .send()
            .await
            .unwrap();
        let item = item.item.expect("a record");
        serde_json::from_str(item["record"].as_s().unwrap()).unwrap()
    }
}

async fn topic(config: &SdkConfig, name: &str) -> String {
    let made = aws_sdk_sns::Client::new(config)
        .create_topic()
        .name(name)
        .send()
        .await
        .unwrap();
    made.topic_arn().unwrap().to_owned()
}

pub(super) async fn queue(config: &SdkConfig, name: &str) -> String {
    let made = aws_sdk_sqs::Client::new(config)
        .create_queue()
        .queue_name(name)
        .send()
        .await
        .unwrap();
    made.queue_url().unwrap().to_owned()
}

pub(super) async fn receive(config: &SdkConfig, url: &str) -> Vec<String> {
    let sqs = aws_sdk_sqs::Client::new(config);
    let mut bodies = Vec::new();
    loop {
        let call = sqs.receive_message().queue_url(url).max_number_of_messages(10);
        let answer = call.send().await.unwrap();
        if answer.messages().is_empty() {
            return bodies;
        }
        for message in answer.messages() {
            bodies.push(message.body().unwrap().to_owned());
            let delete = sqs.delete_message().queue_url(url);
            delete
                .receipt_handle(message.receipt_handle().unwrap())
                .send()
                .await
                .unwrap();
        }
    }
}

/// An SQS batch as Lambda gives it: message ids `m0`, `m1` …
pub(super) fn batch(bodies: &[Value]) -> Value {
    let records: Vec<Value> = bodies
        .iter()
        .enumerate()
        .map(|(index, body)| {
            let body = body.as_str().map_or_else(|| body.to_string(), ToOwned::to_owned);
            json!({
                "messageId": format!("m{index}"), "receiptHandle": "r", "body": body, "attributes": {},
                "messageAttributes": {}, "md5OfBody": "", "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:eu-west-1:123456789012:hopwatch", "awsRegion": REGION,
            })
        })
        .collect();
    json!({"Records": records})
}

pub(super) fn sweep() -> Value {
    json!({"sweep": "all"})
}

fn failures(answer: &Value) -> Vec<&str> {
    let failures = answer["batchItemFailures"].as_array().unwrap();
    failures
        .iter()
        .map(|failure| failure["itemIdentifier"].as_str().unwrap())
        .collect()
}

const NAME: &str = Pair::NAME;

/// The story from end to end, wherever the path file is.
async fn breaks_and_mends(deployment: &Deployment, paths: &str) {
    let mut function = deployment.start(moto().url(), paths);
    let answer = function.invoke(sweep()).response();
    assert_eq!(
        (&answer["evaluated"], &answer["up"]),
        (&json!(1), &json!(1)),
        "{}",
        function.log()
    );
    assert!(deployment.alerts().await.is_empty());

    deployment.delete_entry().await;
    let answer = function.invoke(batch(&[deployment.deleted("e-1")])).response();
    assert!(failures(&answer).is_empty(), "{answer}");
    let alerts = deployment.alerts().await;
    let [broken] = alerts.as_slice() else {
        panic!("{alerts:#?}\n{}", function.log());
    };
    assert_eq!(broken["kind"], "broken");
    assert_eq!(broken["cause"]["component"], deployment.acl);
    assert_eq!(broken["blame"]["certainty"], "sure");
    assert_eq!(broken["blame"]["eventName"], "DeleteNetworkAclEntry");
    assert!(
        broken["fix"]["command"]
            .as_str()
            .unwrap()
            .contains("create-network-acl-entry"),
        "{broken:#}"
    );
    let announced = deployment.announcements().await;
    assert_eq!(announced.len(), 1);
    assert_eq!(announced[0]["detail-type"], "Required Path Broken");
    assert_eq!(announced[0]["detail"]["id"], broken["id"]);
    let record = deployment.record(NAME).await;
    assert_eq!(
        (&record["state"], &record["outbox"]),
        (&json!("down"), &json!([]))
    );

    // SQS delivers at least once.
    function.invoke(batch(&[deployment.deleted("e-1")])).response();
    assert!(deployment.alerts().await.is_empty());

    deployment.entry(false, 100, (22, 22)).await;
    function.invoke(batch(&[deployment.created("e-2")])).response();
    let alerts = deployment.alerts().await;
    assert_eq!(alerts.len(), 1, "{alerts:#?}");
    assert_eq!(
        (&alerts[0]["kind"], &alerts[0]["incident"]),
        (&json!("restored"), &broken["incident"])
    );
}

#[test]
fn a_deleted_entry_is_told_and_its_return_too() {
    block_on(async {
        let deployment = Deployment::with_paths().await;
        breaks_and_mends(&deployment, &deployment.object()).await;
    });
}

#[test]
fn the_same_with_the_path_file_in_parameter_store() {
    block_on(async {
        let deployment = Deployment::new().await;
        deployment.put_parameter(&deployment.paths()).await;
        breaks_and_mends(&deployment, "ssm:/hopwatch/paths").await;
    });
}

#[test]
fn a_poison_message_fails_alone() {
    block_on(async {
        let deployment = Deployment::with_paths().await;
        let mut function = deployment.watching(moto().url());
        deployment.delete_entry().await;
        let mut bodies = vec![deployment.deleted("e-1"); 10];
        bodies[4] = json!("no event");
        let answer = function.invoke(batch(&bodies)).response();
        assert_eq!(failures(&answer), ["m4"]);
        assert_eq!(deployment.alerts().await.len(), 1);
    });
}

#[test]
fn what_sns_refuses_stays_owed_and_goes_out_once() {
    block_on(async {
        let deployment = Deployment::with_paths().await;
        let proxy = Proxy::before(moto().url());
        let mut function = deployment.watching(proxy.url());
        deployment.delete_entry().await;
        proxy.always("sns", "Publish", Step::error(403, "AuthorizationError"));
        let answer = function.invoke(batch(&[deployment.deleted("e-1")])).response();
        // What happened is remembered with its alert: the event has done its part.
        assert!(failures(&answer).is_empty(), "{answer}");
        assert!(deployment.alerts().await.is_empty());
        assert_eq!(deployment.announcements().await.len(), 1);
        let record = deployment.record(NAME).await;
        assert_eq!(record["outbox"].as_array().unwrap().len(), 1);
        let waiting = aws_sdk_sqs::Client::new(&deployment.config)
            .get_queue_attributes()
            .queue_url(&deployment.queue)
            .attribute_names(aws_sdk_sqs::types::QueueAttributeName::ApproximateNumberOfMessagesDelayed)
            .send()
            .await
            .unwrap();
        let delayed = waiting.attributes().unwrap().values().next().unwrap();
        assert_ne!(delayed, "0", "nothing will wake the function");

        proxy.always("sns", "Publish", Step::Pass);
        let again = json!({"again": {"paths": [NAME], "attempt": 0}});
        function.invoke(batch(std::slice::from_ref(&again))).response();
        let alerts = deployment.alerts().await;
        assert_eq!(alerts.len(), 1);
        assert_eq!(alerts[0]["kind"], "broken");
        function.invoke(batch(&[again])).response();
        assert!(deployment.alerts().await.is_empty());
        assert!(deployment.announcements().await.is_empty());
    });
}

#[test]
fn what_cannot_be_read_is_undecided_and_said_so() {
    block_on(async {
        let deployment = Deployment::with_paths().await;
        let proxy = Proxy::before(moto().url());
        let mut function = deployment.watching(proxy.url());
        proxy.always("ec2", "DescribeNetworkAcls", Step::denied());
        let answer = function.invoke(sweep()).response();
        assert_eq!(answer["blind"], 1, "{}", function.log());
        let alerts = deployment.alerts().await;
        assert_eq!(alerts[0]["kind"], "blind");
        assert!(
            alerts[0].to_string().contains("ec2:DescribeNetworkAcls"),
            "{:#}",
            alerts[0]
        );
        proxy.always("ec2", "DescribeNetworkAcls", Step::Pass);
        function.invoke(sweep()).response();
        assert_eq!(deployment.alerts().await[0]["kind"], "restored");
    });
}

#[test]
fn a_table_that_fails_gives_the_batch_back() {
    block_on(async {
        let deployment = Deployment::with_paths().await;
        let proxy = Proxy::before(moto().url());
        let mut function = deployment.watching(proxy.url());
        deployment.delete_entry().await;
        proxy.always("dynamodb", "PutItem", Step::error(400, "AccessDeniedException"));
        let events = [deployment.deleted("e-1"), deployment.deleted("e-2")];
        let answer = function.invoke(batch(&events)).response();
        assert_eq!(failures(&answer), ["m0", "m1"]);
        assert!(
            deployment.alerts().await.is_empty(),
            "nothing is said that is not remembered"
        );
        proxy.always("dynamodb", "PutItem", Step::Pass);
        function.invoke(batch(&events)).response();
        assert_eq!(deployment.alerts().await.len(), 1);
    });
}

#[test]
fn two_at_once_announce_once() {
    block_on(async {
        let deployment = Deployment::with_paths().await;
        let mut functions: Vec<Function> = (0..2)
            .map(|_| deployment.start(moto().url(), &deployment.object()))
            .collect();
        functions[0].invoke(sweep()).response();
        deployment.delete_entry().await;
        let event = batch(&[deployment.deleted("e-1")]);
        std::thread::scope(|scope| {
            for function in &mut functions {
                let event = event.clone();
                scope.spawn(move || {
                    let answer = function.invoke(event).response();
                    assert!(failures(&answer).is_empty(), "{answer}");
                });
            }
        });
        let alerts = deployment.alerts().await;
        // Both may send what one wrote, under the one id by which a receiver knows it.
        let ids: std::collections::BTreeSet<&str> =
            alerts.iter().map(|alert| alert["id"].as_str().unwrap()).collect();
        assert_eq!(ids.len(), 1, "{alerts:#?}");
    });
}

#[test]
fn with_no_time_left_everything_is_given_back() {
    block_on(async {
        let deployment = Deployment::with_paths().await;
        let proxy = Proxy::before(moto().url());
        let mut function = deployment.start(proxy.url(), &deployment.object());
        let event = batch(&[deployment.deleted("e-1")]);
        let answer = function
            .invoke_for(event.clone(), Duration::from_secs(2))
            .response();
        assert_eq!(failures(&answer), ["m0"]);
        assert_eq!(proxy.count("ec2", "DescribeNetworkAcls"), 0);
        // A call that hangs does not take the function with it.
        proxy.always("ec2", "DescribeNetworkAcls", Step::Hang);
        let answer = function.invoke_for(event, Duration::from_secs(6)).response();
        assert_eq!(failures(&answer), ["m0"]);
        let error = function.invoke_for(sweep(), Duration::from_secs(2));
        assert!(
            matches!(&error, Outcome::Error(error) if error["errorType"] == "Hopwatch.OutOfTime"),
            "{error:?}"
        );
    });
}

#[test]
fn a_broken_path_file_leaves_the_last_valid_one_in_force() {
    block_on(async {
        let deployment = Deployment::with_paths().await;
        let mut function = deployment.watching(moto().url());
        deployment.put_object("version: 1\npaths: [{ name: x }]\n").await;
        for _ in 0..2 {
            let answer = function.invoke(sweep()).response();
            assert_eq!(answer["up"], 1);
        }
        let told = deployment.alerts().await;
        assert_eq!(told.len(), 1, "once is enough: {told:#?}");
        assert!(
            told[0]["notice"].as_str().unwrap().contains("source"),
            "{told:#?}"
        );
        // A cold start finds the valid version in the table.
        let mut other = deployment.start(moto().url(), &deployment.object());
        assert_eq!(other.invoke(sweep()).response()["up"], 1);
        deployment.delete_entry().await;
        other.invoke(batch(&[deployment.deleted("e-1")])).response();
        assert_eq!(deployment.alerts().await[0]["kind"], "broken");
    });
}

/// The deployment as the doctor sees it through a proxy: moto runs no functions and knows no mappings.
pub(super) fn as_deployed(deployment: &Deployment, proxy: &Proxy) {
    let answer = |body: Value| Step::Answer {
        status: 200,
        content_type: "application/json",
        body: body.to_string(),
    };
    let variables = json!({
        "HOPWATCH_PATHS": deployment.object(), "HOPWATCH_TABLE": TABLE, "HOPWATCH_QUEUE_URL": deployment.queue,
        "HOPWATCH_BUS": "default", "HOPWATCH_TOPIC": deployment.topic,
    });
    proxy.always(
        "lambda",
        "GET /2015-03-31/functions/hopwatch/configuration",
        answer(
            json!({"FunctionName": "hopwatch", "State": "Active", "Environment": {"Variables": variables}}),
        ),
    );
    proxy.always(
        "lambda",
        "GET /2015-03-31/event-source-mappings",
        answer(json!({"EventSourceMappings": [
            {"UUID": "u-1", "State": "Enabled", "FunctionResponseTypes": ["ReportBatchItemFailures"]},
        ]})),
    );
    let trail = "arn:aws:cloudtrail:eu-west-1:123456789012:trail/all";
    proxy.always(
        "cloudtrail",
        "DescribeTrails",
        answer(json!({"trailList": [{"TrailARN": trail, "Name": "all"}]})),
    );
    proxy.always("cloudtrail", "GetTrailStatus", answer(json!({"IsLogging": true})));
    proxy.always(
        "cloudtrail",
        "GetEventSelectors",
        answer(json!({"TrailARN": trail, "EventSelectors": [{"ReadWriteType": "All", "IncludeManagementEvents": true}]})),
    );
}

impl Deployment {
    /// Rules to the queue, as the template makes them, and a dead-letter queue.
    pub(super) async fn wire(&self) {
        let bus = aws_sdk_eventbridge::Client::new(&self.config);
        for rule in hopwatch::event::rules() {
            let put = bus
                .put_rule()
                .name(rule.name)
                .event_pattern(rule.pattern.to_string());
            put.send().await.unwrap();
            let target = aws_sdk_eventbridge::types::Target::builder()
                .id("queue")
                .arn(self.arn(&self.queue));
            let put = bus.put_targets().rule(rule.name).targets(target.build().unwrap());
            put.send().await.unwrap();
        }
        let dead = queue(&self.config, "dead").await;
        let policy = json!({"deadLetterTargetArn": self.arn(&dead), "maxReceiveCount": 5}).to_string();
        let redrive = aws_sdk_sqs::types::QueueAttributeName::RedrivePolicy;
        let set = aws_sdk_sqs::Client::new(&self.config)
            .set_queue_attributes()
            .queue_url(&self.queue);
        set.attributes(redrive, policy).send().await.unwrap();
    }

    pub(super) fn doctor(&self, proxy: &Proxy) -> (i32, Vec<Value>) {
        let folder = tempfile::tempdir().unwrap();
        let run = super::network::run(
            &self.account,
            proxy.url(),
            folder.path(),
            &["doctor", "--output", "json"],
        );
        let document: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}", run.stderr));
        (run.code, document["links"].as_array().unwrap().clone())
    }
}

#[test]
fn the_doctor_names_each_link_that_does_not_hold() {
    block_on(async {
        let deployment = Deployment::with_paths().await;
        deployment.wire().await;
        let proxy = Proxy::before(moto().url());
        as_deployed(&deployment, &proxy);
        let (code, links) = deployment.doctor(&proxy);
        let not_ok: Vec<&Value> = links.iter().filter(|link| link["health"] != "ok").collect();
        assert_eq!((code, not_ok.len()), (3, 1), "{links:#?}");
        assert_eq!(not_ok[0]["link"], "sweeps");

        deployment.watching(moto().url());
        assert_eq!(
            deployment.doctor(&proxy).0,
            0,
            "{:#?}",
            deployment.doctor(&proxy).1
        );

        let wrong = |link: &str| {
            let (code, links) = deployment.doctor(&proxy);
            let found = links
                .iter()
                .find(|found| found["link"] == link && found["health"] == "wrong");
            assert_eq!(code, 1);
            found
                .unwrap_or_else(|| panic!("{link} is well: {links:#?}"))
                .clone()
        };
        let pending = |text: &str| {
            let parts =
                text.split("<SubscriptionArn>")
                    .map(|part| match part.split_once("</SubscriptionArn>") {
                        Some((_, rest)) => format!("PendingConfirmation</SubscriptionArn>{rest}"),
                        None => part.to_owned(),
                    });
            parts.collect::<Vec<_>>().join("<SubscriptionArn>")
        };
        proxy.always("sns", "ListSubscriptionsByTopic", Step::rewrite(pending));
        assert!(
            wrong("topics")["message"]
                .as_str()
                .unwrap()
                .contains("wait to be confirmed")
        );
        proxy.always("sns", "ListSubscriptionsByTopic", Step::Pass);

        let bus = aws_sdk_eventbridge::Client::new(&deployment.config);
        bus.disable_rule().name("ec2-calls").send().await.unwrap();
        assert!(
            wrong("rules")["mend"]
                .as_str()
                .unwrap()
                .contains("enable-rule --name ec2-calls")
        );
        bus.enable_rule().name("ec2-calls").send().await.unwrap();
        bus.put_rule()
            .name("ec2-calls")
            .event_pattern(r#"{"source":["aws.ec2"]}"#)
            .send()
            .await
            .unwrap();
        assert!(wrong("rules")["message"].as_str().unwrap().contains("ec2-calls"));

        deployment.put_object("version: 1\npaths: [{ name: x }]\n").await;
        assert!(wrong("path file")["message"].as_str().unwrap().contains("source"));

        let sqs = aws_sdk_sqs::Client::new(&deployment.config);
        let dead = sqs.get_queue_url().queue_name("dead").send().await.unwrap();
        sqs.send_message()
            .queue_url(dead.queue_url().unwrap())
            .message_body("x")
            .send()
            .await
            .unwrap();
        assert!(
            wrong("dead letters")["message"]
                .as_str()
                .unwrap()
                .contains("1 messages")
        );

        proxy.always(
            "cloudtrail",
            "DescribeTrails",
            Step::Answer {
                status: 200,
                content_type: "application/json",
                body: r#"{"trailList": []}"#.to_owned(),
            },
        );
        assert!(wrong("trail")["mend"].as_str().unwrap().contains("create-trail"));
        proxy.always(
            "lambda",
            "GET /2015-03-31/functions/hopwatch/configuration",
            Step::error(404, "ResourceNotFoundException"),
        );
        assert!(wrong("function")["mend"].as_str().unwrap().contains("--function"));
    });
}

#[test]
fn a_test_alert_comes_from_the_function_itself() {
    block_on(async {
        let deployment = Deployment::with_paths().await;
        let mut function = deployment.start(moto().url(), &deployment.object());
        let answer = function.invoke(json!({"test": "alert"})).response();
        assert_eq!(answer["sent"], 1);
        let told = deployment.alerts().await;
        assert!(
            told[0]["notice"].as_str().unwrap().contains("doctor --send-test"),
            "{told:#?}"
        );
    });
}

#[test]
fn settings_that_are_missing_are_named() {
    let account = block_on(Account::new());
    let environment = account.environment(moto().url(), REGION);
    let environment = environment
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value));
    let mut child = std::process::Command::new(bootstrap())
        .env_clear()
        .envs(environment)
        .env("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9")
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    assert!(!child.wait().unwrap().success());
    let out = child.wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr);
    assert!(text.contains("HOPWATCH_TOPIC"), "{text}");
}
