//! Bursts: hundreds of calls are one evaluation, and what they break together is one alert.

use hopwatch::alert::{AlertKind, Certainty};
use hopwatch::event::Change;
use jiff::SignedDuration;
use serde_json::json;

use super::stage::{ACL, INVOICES, Stage, event, kinds, one_path};

#[test]
fn five_hundred_events_are_one_evaluation_and_one_alert() {
    let file = one_path("")
        + &format!(
            "  - name: {INVOICES}\n    source: {{ lambda: invoice-export }}\n    destination: 198.51.100.22\n    destinationPort: 22\n"
        );
    let mut stage = Stage::up_with(&file);
    let mut changes: Vec<Change> = Vec::new();
    for number in 0..499_u32 {
        // A run of a tool that changes entries which decide nothing here, of the same ACL and of others.
        let acl = if number % 2 == 0 {
            ACL.to_owned()
        } else {
            format!("acl-{number:017x}")
        };
        let request = json!({"networkAclId": acl, "ruleNumber": 1000 + number, "egress": true});
        changes.push(event(
            "DeleteNetworkAclEntry",
            request,
            stage.now,
            1000 + number,
            "terraform",
        ));
    }
    stage.pass(SignedDuration::from_secs(9));
    let broke = stage.break_it();
    changes.insert(250, broke);
    let alerts = stage.events(&changes);
    assert_eq!(kinds(&alerts), [AlertKind::Broken]);
    assert_eq!(alerts[0].paths.len(), 2);
    assert_eq!(stage.last.counters.changes, 500);
    assert_eq!(stage.last.counters.evaluated, 2, "each path once");
    let blame = alerts[0].blame.as_ref().unwrap();
    assert_eq!(
        (blame.certainty, blame.event_name.as_str()),
        (Certainty::Sure, "DeleteNetworkAclEntry")
    );
    assert!(blame.actor.starts_with("jo.example"), "{blame:?}");
    assert!(stage.last.writes.len() <= 2);
}
