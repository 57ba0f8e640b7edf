//! Load balancers whose listeners were not saved.
//!
//! `describe-listeners` answers for one load balancer at a time, and its answer does not say for which it was asked: one
//! that is missing looks like a load balancer without listeners.

use std::collections::BTreeSet;

use super::warning::Warning;
use crate::network::id::LoadBalancerArn;
use crate::network::snapshot::Snapshot;

/// Warns of load balancers without a listener, where listeners were saved at all.
pub(super) fn missing(snapshot: &Snapshot, warnings: &mut Vec<Warning>) {
    if !snapshot.listeners.is_known() {
        return;
    }
    let listening: BTreeSet<&LoadBalancerArn> = snapshot
        .listeners
        .values()
        .map(|listener| &listener.load_balancer_arn)
        .collect();
    let mut silent = snapshot
        .load_balancers
        .values()
        .map(|balancer| &balancer.load_balancer_arn)
        .filter(|arn| !listening.contains(arn));
    if let Some(first) = silent.next() {
        warnings.push(Warning::NoListener {
            first: first.clone().into(),
            count: 1 + silent.count(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{load, warnings};

    const BALANCERS: &str = r#"{"LoadBalancers": [
        {"LoadBalancerArn": "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/a/1", "LoadBalancerName": "a",
         "Type": "network", "VpcId": "vpc-a", "State": {"Code": "active"}},
        {"LoadBalancerArn": "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/b/2", "LoadBalancerName": "b",
         "Type": "network", "VpcId": "vpc-a", "State": {"Code": "active"}}]}"#;

    #[test]
    fn one_whose_listeners_were_not_saved_is_told() {
        let listeners = r#"{"Listeners": [
            {"ListenerArn": "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/net/a/1/9", "Port": 443, "Protocol": "TCP",
             "LoadBalancerArn": "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/a/1"}]}"#;
        let loaded = load(&[("b.json", BALANCERS), ("l.json", listeners)]).unwrap();
        let told = warnings(&loaded);
        assert!(told.contains("loadbalancer/net/b/2` has no listener"), "{told}");
        assert!(!told.contains("net/a/1"), "{told}");
    }

    #[test]
    fn where_none_were_saved_all_is_unknown_anyway() {
        assert_eq!(load(&[("b.json", BALANCERS)]).unwrap().warnings, []);
    }
}
