//! CloudWatch metrics by the embedded metric format: one JSON line on standard output, from which CloudWatch Logs makes
//! metrics, with no call of the function's.
//!
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>

use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// The namespace of the metrics.
pub const NAMESPACE: &str = "hopwatch";

/// What an invocation measured, each with its unit.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Metrics {
    values: Vec<(&'static str, &'static str, f64)>,
}

impl Metrics {
    /// A number of things.
    pub(super) fn count(&mut self, name: &'static str, count: usize) {
        self.values.push((name, "Count", count as f64));
    }

    /// A length of time.
    pub(super) fn milliseconds(&mut self, name: &'static str, duration: std::time::Duration) {
        self.values
            .push((name, "Milliseconds", duration.as_secs_f64() * 1e3));
    }

    /// The line, for a function.
    pub(super) fn line(&self, function: &str, request_id: &str, now: Timestamp) -> String {
        let definitions: Vec<Value> = (self.values.iter())
            .map(|(name, unit, _)| json!({"Name": name, "Unit": unit}))
            .collect();
        let mut line = Map::new();
        line.insert(
            "_aws".to_owned(),
            json!({
                "Timestamp": now.as_millisecond(),
                "CloudWatchMetrics": [{
                    "Namespace": NAMESPACE,
                    "Dimensions": [["FunctionName"]],
                    "Metrics": definitions,
                }],
            }),
        );
        line.insert("FunctionName".to_owned(), function.into());
        line.insert("requestId".to_owned(), request_id.into());
        for (name, _, value) in &self.values {
            line.insert((*name).to_owned(), json!(value));
        }
        Value::Object(line).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_as_cloudwatch_reads_it() {
        let mut metrics = Metrics::default();
        metrics.count("PathsDown", 2);
        metrics.milliseconds("EvaluationTime", std::time::Duration::from_micros(1500));
        let line = metrics.line("hopwatch", "r-1", Timestamp::from_second(1_700_000_000).unwrap());
        let line: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(line["_aws"]["Timestamp"], 1_700_000_000_000_i64);
        assert_eq!(
            line["_aws"]["CloudWatchMetrics"][0]["Metrics"][1]["Unit"],
            "Milliseconds"
        );
        assert_eq!(
            (&line["PathsDown"], &line["EvaluationTime"]),
            (&json!(2.0), &json!(1.5))
        );
    }
}
