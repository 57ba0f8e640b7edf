//! Calls that failed when a network was read: what of their kinds is absent there is unknown.

use super::document::Document;
use super::prefix_lists;
use super::warning::Warning;
use crate::network::resource_kind::{KindVisitor, ResourceKind, visit_kinds};
use crate::network::snapshot::Snapshot;
use crate::network::unread::Unread;

/// Marks the tables of the kinds, and warns of each call once.
pub(crate) fn merge_unread(documents: &mut [Document], snapshot: &mut Snapshot, warnings: &mut Vec<Warning>) {
    for document in documents {
        let rows = document.body.unread.take();
        snapshot.unread.extend(rows.into_iter().flatten());
    }
    for unread in std::mem::take(&mut snapshot.unread) {
        let mut marking = Marking {
            unread: &unread,
            snapshot,
        };
        let Ok(()) = visit_kinds(&mut marking);
        if unread.is_of("ManagedPrefixLists") || unread.is_of(prefix_lists::KEY) {
            snapshot.prefix_lists.set_unread_in(unread.place());
        }
        warnings.push(Warning::Unread(unread.clone()));
        snapshot.unread.insert(unread);
    }
}

struct Marking<'a> {
    unread: &'a Unread,
    snapshot: &'a mut Snapshot,
}

impl KindVisitor for Marking<'_> {
    type Error = std::convert::Infallible;

    fn visit<K: ResourceKind>(&mut self) -> Result<(), Self::Error> {
        if self.unread.is_of(K::KEY) {
            K::table_mut(self.snapshot).set_unread_in(self.unread.place());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{load, warnings};

    const UNREAD: &str = r#"{"Unread": [{"Call": "ec2:DescribeNetworkAcls", "Keys": ["NetworkAcls"],
        "OwnerId": "111122223333", "Region": "us-east-1", "Reason": "denied (UnauthorizedOperation)"}]}"#;

    #[test]
    fn a_call_that_failed_is_told_of_once_and_its_kind_is_unknown_there() {
        let vpc = |id: &str| format!(r#"{{"Vpcs": [{{"VpcId": "{id}", "OwnerId": "111122223333"}}]}}"#);
        let loaded = load(&[
            ("111122223333/eu-west-1/Vpcs.json", &vpc("vpc-a")),
            (
                "111122223333/eu-west-1/NetworkAcls.json",
                r#"{"NetworkAcls": []}"#,
            ),
            ("111122223333/us-east-1/Vpcs.json", &vpc("vpc-b")),
            ("111122223333/us-east-1/Unread.json", UNREAD),
        ])
        .unwrap();
        let snapshot = &loaded.snapshot;
        assert_eq!(
            warnings(&loaded),
            "warning: in us-east-1 of 111122223333 ec2:DescribeNetworkAcls: denied (UnauthorizedOperation); what is \
             absent of `NetworkAcls` there is unknown\n"
        );
        assert!(snapshot.vpcs.is_known() && !snapshot.network_acls.is_known());
        let known = |vpc: &str| snapshot.network_acls.is_known_in(snapshot.places.get(vpc));
        assert!(known("vpc-a") && !known("vpc-b"));
    }
}
