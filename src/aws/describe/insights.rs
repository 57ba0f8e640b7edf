//! The paths that Reachability Analyzer keeps, as `aws ec2 describe-network-insights-paths` prints them.

use aws_config::SdkConfig;
use aws_sdk_ec2::types::{FilterPortRange, NetworkInsightsPath, PathFilter};
use serde_json::{Value, json};

use super::object::Object;
use crate::aws::pages::each_page;
use crate::aws::trouble::Trouble;

/// What [`network_insights_paths`] takes, as in a policy.
pub const PERMISSION: &str = "ec2:DescribeNetworkInsightsPaths";

/// The account's paths in the Region of `config`, whole: the JSON that [`crate::paths::import`] takes.
///
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInsightsPaths.html>
pub async fn network_insights_paths(config: &SdkConfig) -> Result<String, Trouble> {
    let client = aws_sdk_ec2::Client::new(config);
    let request = client.describe_network_insights_paths().max_results(100);
    let mut rows: Vec<Value> = Vec::new();
    each_page!(request, next_token, page => {
        rows.extend(page.network_insights_paths().iter().map(|row| path(row).into()));
    });
    Ok(json!({ "NetworkInsightsPaths": rows }).to_string())
}

fn path(path: &NetworkInsightsPath) -> Object {
    Object::new()
        .text("NetworkInsightsPathId", path.network_insights_path_id())
        .text("NetworkInsightsPathArn", path.network_insights_path_arn())
        .text("Source", path.source())
        .text("Destination", path.destination())
        .text("SourceArn", path.source_arn())
        .text("DestinationArn", path.destination_arn())
        .text("SourceIp", path.source_ip())
        .text("DestinationIp", path.destination_ip())
        .text("Protocol", path.protocol().map(|protocol| protocol.as_str()))
        .number("DestinationPort", path.destination_port())
        .tags("Tags", path.tags())
        .object("FilterAtSource", path.filter_at_source(), filter)
        .object("FilterAtDestination", path.filter_at_destination(), filter)
}

fn filter(filter: &PathFilter) -> Object {
    Object::new()
        .text("SourceAddress", filter.source_address())
        .object("SourcePortRange", filter.source_port_range(), range)
        .text("DestinationAddress", filter.destination_address())
        .object("DestinationPortRange", filter.destination_port_range(), range)
}

fn range(range: &FilterPortRange) -> Object {
    Object::new()
        .number("FromPort", range.from_port())
        .number("ToPort", range.to_port())
}
