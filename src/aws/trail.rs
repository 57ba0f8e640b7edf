//! Who changed a resource, looked up in CloudTrail: for what a sweep finds broken and no event told of.
//!
//! LookupEvents answers for the last 90 days, two calls a second, management events of one Region; an event shows after
//! some minutes: <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html>

use std::collections::BTreeSet;

use aws_config::SdkConfig;
use aws_sdk_cloudtrail::Client;
use aws_sdk_cloudtrail::types::{LookupAttribute, LookupAttributeKey};
use jiff::Timestamp;

use crate::event::{Event, Own, record};

use super::trouble::Trouble;

/// How many resources are looked up in one run.
const MOST_RESOURCES: usize = 8;

/// What was found of some resources' changes.
#[derive(Debug, Default)]
pub struct Found {
    /// The events, the newest first of each resource.
    pub events: Vec<Event>,
    /// What could not be looked up, in words.
    pub problems: Vec<String>,
}

/// The calls since an instant that name one of some resources.
pub async fn look_up(config: &SdkConfig, resources: &BTreeSet<String>, since: Timestamp, own: &Own) -> Found {
    let client = Client::new(config);
    let mut found = Found::default();
    let start = aws_smithy_types::DateTime::from_secs(since.as_second());
    for resource in resources.iter().take(MOST_RESOURCES) {
        let attribute = LookupAttribute::builder()
            .attribute_key(LookupAttributeKey::ResourceName)
            .attribute_value(resource)
            .build();
        let attribute = match attribute {
            Ok(attribute) => attribute,
            Err(error) => {
                found.problems.push(error.to_string());
                continue;
            }
        };
        // One page: fifty calls on one resource are enough to tell who made the last.
        let answer = client
            .lookup_events()
            .lookup_attributes(attribute)
            .start_time(start)
            .max_results(50)
            .send()
            .await;
        match answer {
            Ok(answer) => {
                let texts = answer
                    .events()
                    .iter()
                    .filter_map(|event| event.cloud_trail_event());
                for text in texts {
                    match record(text, own) {
                        Ok(event) => found.events.push(event),
                        Err(error) => found.problems.push(error.to_string()),
                    }
                }
            }
            Err(error) => {
                found.problems.push(format!(
                    "cloudtrail:LookupEvents of {resource}: {}",
                    Trouble::of(&error)
                ));
                // What is denied or throttled once is so for the others.
                break;
            }
        }
    }
    found
}
