//! Network Firewalls: endpoints to which routes lead, and the rules that act on what comes by.
//!
//! Only what stands in a packet's header is modelled: addresses, ports, protocol, direction. A rule that looks further
//! leaves what it may decide open.
//! <https://docs.aws.amazon.com/network-firewall/latest/developerguide/firewall-policy-processing.html>

mod bounds;
mod expression;
mod firewall;
mod header;
mod inspection;
mod rule_set;
mod stateful;
mod stateless;
mod suricata;
mod variables;

pub(crate) use firewall::FirewallView;
pub(crate) use inspection::Course;
