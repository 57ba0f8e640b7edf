//! The trail that makes events of calls.

use aws_config::SdkConfig;
use aws_sdk_cloudtrail::operation::get_event_selectors::GetEventSelectorsOutput;
use aws_sdk_cloudtrail::types::AdvancedEventSelector;

use super::findings::{Findings, TRAIL};
use crate::aws::trouble::Trouble;

/// EC2's calls become events by way of a trail that logs management events.
/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html>
pub(super) async fn trail(config: &SdkConfig, found: &mut Findings) {
    let client = aws_sdk_cloudtrail::Client::new(config);
    let trails = match client.describe_trails().send().await {
        Ok(trails) => trails,
        Err(error) => {
            return found.unread(TRAIL, "cloudtrail:DescribeTrails", &error);
        }
    };
    let (mut stopped, mut unread) = (None, None);
    for trail in trails.trail_list() {
        let Some(arn) = trail.trail_arn() else { continue };
        let status = match client.get_trail_status().name(arn).send().await {
            Ok(status) => status,
            Err(error) => {
                unread = Some(format!(
                    "cloudtrail:GetTrailStatus of {arn}: {}",
                    Trouble::of(&error)
                ));
                continue;
            }
        };
        if status.is_logging() != Some(true) {
            stopped = Some(arn.to_owned());
            continue;
        }
        let selectors = client.get_event_selectors().trail_name(arn).send().await;
        match selectors {
            Ok(selectors) if logs_calls(&selectors) => {
                return found.ok(TRAIL, format!("{arn} logs management events"));
            }
            Ok(_) => {}
            Err(error) => {
                unread = Some(format!(
                    "cloudtrail:GetEventSelectors of {arn}: {}",
                    Trouble::of(&error)
                ));
            }
        }
    }
    match (unread, stopped) {
        // It may be the one that logs them.
        (Some(unread), _) => found.unknown(TRAIL, unread),
        (None, Some(arn)) => found.wrong(
            TRAIL,
            format!("{arn} is stopped, and no other trail logs management events here: no call becomes an event"),
            format!("aws cloudtrail start-logging --name {arn}"),
        ),
        (None, None) => found.wrong(
            TRAIL,
            "no trail logs management events here: no call becomes an event, and only the hourly sweep finds breaks",
            "aws cloudtrail create-trail --name management-events --s3-bucket-name BUCKET --is-multi-region-trail, then aws cloudtrail start-logging --name management-events",
        ),
    }
}

/// Whether a trail logs calls that change something.
fn logs_calls(selectors: &GetEventSelectorsOutput) -> bool {
    let (basic, advanced) = (selectors.event_selectors(), selectors.advanced_event_selectors());
    let by_basic = basic.iter().any(|selector| {
        let writes = selector
            .read_write_type()
            .is_none_or(|kind| kind.as_str() != "ReadOnly");
        selector.include_management_events() != Some(false) && writes
    });
    let mut fields = advanced.iter().flat_map(AdvancedEventSelector::field_selectors);
    let by_advanced = fields.any(|field| {
        field.field() == "eventCategory" && field.equals().iter().any(|value| value == "Management")
    });
    // A trail without selectors logs management events.
    by_basic || by_advanced || basic.is_empty() && advanced.is_empty()
}
