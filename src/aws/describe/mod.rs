//! A live network as the files of a snapshot: the same JSON as the AWS CLI prints, so that what is looked at live and
//! what is saved are the same bytes.

#![expect(
    clippy::redundant_closure_for_method_calls,
    reason = "the SDK's types have long names, and a method's name says it all"
)]

mod call;
mod collect;
mod gateway;
mod insights;
mod interface;
mod load_balancer;
mod network_firewall;
mod object;
mod read;
mod security_group;
mod transit;
mod vpc;
mod wanted;
mod workload;

pub use call::Call;
pub use collect::{Collected, CollectedError, FunctionQualifier, collect};
pub use insights::{PERMISSION as INSIGHTS_PERMISSION, network_insights_paths};
pub use wanted::{function_qualifiers, scopes};
