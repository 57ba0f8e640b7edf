//! What the doctor could not read is unknown, never wrong, and half a list is none.

use serde_json::{Value, json};

use super::fifo::ordered;
use super::function::{Deployment, as_deployed, receive, sweep};
use super::harness::block_on;
use super::moto::moto;
use super::proxy::{Proxy, Step};
use super::runtime_api::Outcome;

fn answer(content_type: &'static str, body: impl ToString) -> Step {
    Step::Answer {
        status: 200,
        content_type,
        body: body.to_string(),
    }
}

/// What the doctor says of a link, all of it.
fn said(deployment: &Deployment, proxy: &Proxy, link: &str) -> Vec<(String, String)> {
    let (_, links) = deployment.doctor(proxy);
    let text = |found: &Value, name: &str| found[name].as_str().unwrap().to_owned();
    links
        .iter()
        .filter(|found| found["link"] == link)
        .map(|found| (text(found, "health"), text(found, "message")))
        .collect()
}

fn is_unknown_by(said: &[(String, String)], words: &str) {
    let [(health, message)] = said else {
        panic!("{said:?}");
    };
    assert_eq!(health, "unknown", "{message}");
    assert!(message.contains(words), "{message}");
}

#[test]
fn what_may_not_be_read_is_unknown() {
    block_on(async {
        let deployment = Deployment::with_paths().await;
        deployment.wire().await;
        let proxy = Proxy::before(moto().url());
        as_deployed(&deployment, &proxy);
        let trails = json!({"trailList": [{"TrailARN": "arn:one"}, {"TrailARN": "arn:two"}]});
        proxy.always("cloudtrail", "DescribeTrails", answer("application/json", trails));
        for call in ["GetTrailStatus", "GetEventSelectors"] {
            proxy.script("cloudtrail", call, [Step::denied(), Step::denied()]);
            is_unknown_by(
                &said(&deployment, &proxy, "trail"),
                &format!("cloudtrail:{call} of arn:two"),
            );
        }
        // One that may be read suffices.
        proxy.script("cloudtrail", "GetTrailStatus", [Step::denied()]);
        assert_eq!(said(&deployment, &proxy, "trail")[0].0, "ok");

        proxy.always("events", "DescribeRule", Step::denied());
        is_unknown_by(&said(&deployment, &proxy, "rules"), "events:DescribeRule of");
    });
}

#[test]
fn the_same_page_twice_is_no_end() {
    block_on(async {
        let deployment = Deployment::with_paths().await;
        deployment.wire().await;
        let proxy = Proxy::before(moto().url());
        as_deployed(&deployment, &proxy);
        let page =
            json!({"Items": [], "Count": 0, "ScannedCount": 0, "LastEvaluatedKey": {"pk": {"S": "x"}}});
        proxy.always(
            "dynamodb",
            "Scan",
            answer("application/x-amz-json-1.0", page.clone()),
        );
        let member = "<member><SubscriptionArn>arn:x</SubscriptionArn><Endpoint>x</Endpoint></member>";
        let page = format!(
            "<ListSubscriptionsByTopicResponse><ListSubscriptionsByTopicResult><Subscriptions>{member}</Subscriptions>\
             <NextToken>again</NextToken></ListSubscriptionsByTopicResult></ListSubscriptionsByTopicResponse>"
        );
        proxy.always("sns", "ListSubscriptionsByTopic", answer("text/xml", page));
        let page = json!({"EventSourceMappings": [], "NextMarker": "again"});
        proxy.always(
            "lambda",
            "GET /2015-03-31/event-source-mappings",
            answer("application/json", page),
        );
        let page = json!({"RuleNames": [], "NextToken": "again"});
        proxy.always(
            "events",
            "ListRuleNamesByTarget",
            answer("application/x-amz-json-1.1", page),
        );
        for link in ["paths", "topics", "queue", "rules"] {
            is_unknown_by(&said(&deployment, &proxy, link), "the same page twice");
        }
        // Nor does the function take half a table for what it remembers.
        let mut function = deployment.start(proxy.url(), &deployment.object());
        let outcome = function.invoke(sweep());
        assert!(
            matches!(&outcome, Outcome::Error(error) if error.to_string().contains("the same page twice")),
            "{outcome:?}"
        );
        assert!(deployment.alerts().await.is_empty());
    });
}

#[test]
fn a_second_test_alert_is_not_taken_for_the_first() {
    block_on(async {
        let mut deployment = Deployment::with_paths().await;
        let queue = ordered(&mut deployment).await;
        let mut function = deployment.start(moto().url(), &deployment.object());
        for _ in 0..2 {
            function.invoke(json!({"test": "alert"})).response();
        }
        // Only what still lies in the queue keeps moto from taking another of the same id.
        assert_eq!(receive(&deployment.config, &queue).await.len(), 2);
    });
}
