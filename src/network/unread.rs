//! Calls that failed when a network was read: hopwatch's own key, beside the answers of those that did not.

use serde::{Deserialize, Serialize};

use super::id::{AccountId, Region};
use super::snapshot::Place;
use super::state::nullable;

/// A call that failed. What of its kinds is absent there is unknown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Unread {
    /// As in a policy: `ec2:DescribeNetworkAcls`.
    pub call: String,
    /// The top-level keys whose kinds are not wholly known without it.
    #[serde(default, deserialize_with = "nullable")]
    pub keys: Vec<String>,
    /// The account that was asked, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<AccountId>,
    /// The Region that was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// Why it failed, to be read behind the call: `denied (UnauthorizedOperation: …)`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Unread {
    /// Where it was asked.
    pub fn place(&self) -> Place {
        Place {
            account: self.owner_id.clone(),
            region: self.region.clone(),
        }
    }

    /// Whether the kind with that key is not wholly known without it.
    pub(crate) fn is_of(&self, key: &str) -> bool {
        let is = |own: &String| own == key || (own == "Reservations" && key == "Instances");
        self.keys.iter().any(is)
    }

    /// Whether it is why the answer of another call is missing: it is that call, or all of its kind depends on it.
    pub(crate) fn explains(&self, call: &str) -> bool {
        self.call == call
            || call
                .split_once(':')
                .and_then(|(_, action)| action.strip_prefix("Describe").or(action.strip_prefix("List")))
                .is_some_and(|key| self.is_of(key))
    }

    /// `in eu-west-1 of 111122223333 ec2:DescribeNetworkAcls: denied (…)`
    pub(crate) fn told(&self) -> String {
        let place = match (&self.region, &self.owner_id) {
            (Some(region), Some(account)) => format!("in {region} of {account} "),
            (Some(region), None) => format!("in {region} "),
            (None, Some(account)) => format!("in {account} "),
            (None, None) => String::new(),
        };
        let reason = self.reason.as_deref().unwrap_or("failed");
        format!("{place}{}: {reason}", self.call)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_that_cannot_be_assumed_explains_every_call() {
        let unread = Unread {
            call: "sts:AssumeRole".into(),
            keys: vec![
                "NetworkAcls".into(),
                "Reservations".into(),
                "DBInstances".into(),
                "Functions".into(),
            ],
            owner_id: Some("111122223333".into()),
            region: Some("eu-west-1".into()),
            reason: Some("denied".into()),
        };
        for call in [
            "ec2:DescribeNetworkAcls",
            "ec2:DescribeInstances",
            "rds:DescribeDBInstances",
            "lambda:ListFunctions",
            "sts:AssumeRole",
        ] {
            assert!(unread.explains(call), "{call}");
        }
        assert!(!unread.explains("ec2:DescribeVpcs"));
        assert_eq!(
            unread.told(),
            "in eu-west-1 of 111122223333 sts:AssumeRole: denied"
        );
    }
}
