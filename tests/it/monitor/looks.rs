//! Each alert as it looks, and that none is too long or lets other people's markup through.

use hopwatch::alert::sns::{MOST_BYTES, Structure, message};
use hopwatch::alert::{Alert, AlertKind, bus, chat, subject, text};
use hopwatch::monitor::{Channel, OutboxEntry, Record};
use hopwatch::report::Look;
use jiff::SignedDuration;
use proptest::prelude::*;
use serde_json::Value;

use super::stage::{INVOICES, SFTP, Stage, acl, event, one_path};

const MORE: &str = "    severity: critical\n    owner: network-team\n    runbook: https://wiki.example/sftp\n    labels: { team: orders }\n";

fn stage() -> Stage {
    let mut stage = Stage::up_with(&one_path(MORE));
    stage.pass(SignedDuration::from_secs(847));
    stage
}

fn only(mut alerts: Vec<Alert>) -> Alert {
    assert_eq!(alerts.len(), 1, "{alerts:#?}");
    alerts.remove(0)
}

fn broken(stage: &mut Stage) -> Alert {
    let change = stage.break_it();
    stage.pass(SignedDuration::from_secs(34));
    only(stage.events(&[change]))
}

/// As email and as chat have it.
fn look(alert: &Alert) -> String {
    let chat: Value = serde_json::from_str(&chat::notification(alert).unwrap()).unwrap();
    format!(
        "Subject: {}\n\n{}\n=== chat\n{}\n",
        subject(alert),
        text(alert, Look::default()),
        serde_json::to_string_pretty(&chat).unwrap()
    )
}

#[test]
fn broken_by_somebody() {
    insta::assert_snapshot!(look(&broken(&mut stage())));
}

#[test]
fn broken_and_nobody_knows_who() {
    let mut stage = stage();
    stage.break_it();
    insta::assert_snapshot!(look(&only(stage.sweep())));
}

#[test]
fn broken_from_the_start() {
    let mut stage = Stage::new(&one_path(MORE));
    stage.break_it();
    insta::assert_snapshot!(look(&only(stage.sweep())));
}

#[test]
fn several_broken_by_one_cause() {
    let file = one_path(MORE)
        + &format!(
            "  - name: {INVOICES}\n    source: {{ lambda: invoice-export }}\n    destination: 198.51.100.22\n    destinationPort: 22\n"
        );
    let mut stage = Stage::up_with(&file);
    insta::assert_snapshot!(look(&broken(&mut stage)));
}

#[test]
fn changed() {
    let mut stage = stage();
    broken(&mut stage);
    stage.pass(SignedDuration::from_mins(5));
    let change = stage.delete_entry(130, false);
    insta::assert_snapshot!(look(&only(stage.events(&[change]))));
}

#[test]
fn restored() {
    let mut stage = stage();
    broken(&mut stage);
    stage.pass(SignedDuration::from_mins(23));
    let change = stage.mend_it();
    insta::assert_snapshot!(look(&only(stage.events(&[change]))));
}

#[test]
fn blind_and_seeing_again() {
    let mut stage = stage();
    let hidden = std::mem::take(&mut stage.network.network_acls);
    let blind = only(stage.sweep());
    stage.network.network_acls = hidden;
    stage.pass(SignedDuration::from_hours(1));
    let seeing = only(stage.sweep());
    assert_eq!(blind.incident, seeing.incident, "one thread");
    insta::assert_snapshot!(format!("{}\n======\n{}", look(&blind), look(&seeing)));
}

#[test]
fn reminder_and_withdrawn() {
    let mut stage = stage();
    broken(&mut stage);
    stage.pass(SignedDuration::from_hours(73));
    let reminder = only(stage.sweep());
    stage.paths.clear();
    let withdrawn = only(stage.sweep());
    insta::assert_snapshot!(format!("{}\n======\n{}", look(&reminder), look(&withdrawn)));
}

#[test]
fn open() {
    let file = "version: 1\npaths:\n  - name: no SFTP from invoices\n    source: { lambda: invoice-export }\n    destination: 198.51.100.22\n    destinationPort: 22\n    expect: blocked\n    severity: critical\n";
    let mut stage = Stage::new(file);
    acl(&mut stage.network)
        .entries
        .retain(|entry| entry.rule_number != 130 || !entry.egress);
    stage.sweep();
    let change = stage.mend_it();
    insta::assert_snapshot!(look(&only(stage.events(&[change]))));
}

#[test]
fn a_narrow_terminal_breaks_no_command() {
    let alert = broken(&mut stage());
    let narrow = Look {
        width: Some(60),
        ..Look::default()
    };
    let told = text(&alert, narrow);
    let command = &alert.fix.as_ref().unwrap().command;
    assert!(told.contains(command.as_str()), "{told}");
}

#[test]
fn whatever_breaks_fits_and_what_is_left_out_is_counted() {
    let mut alert = broken(&mut stage());
    let first = alert.paths[0].clone();
    for number in 0..3_000 {
        let mut path = first.clone();
        path.result.name = format!("path {number} {}", "→ \"quoted\" ".repeat(12));
        alert.paths.push(path);
    }
    let sent = message(&alert, Structure::Json).unwrap();
    assert!(sent.body.len() <= MOST_BYTES, "{}", sent.body.len());
    let body: Value = serde_json::from_str(&sent.body).unwrap();
    for protocol in ["default", "https", "sqs", "lambda"] {
        assert!(body[protocol].is_string(), "{protocol}");
    }
    let program: Alert = serde_json::from_str(body["sqs"].as_str().unwrap()).unwrap();
    assert_eq!(program.path_count(), 3_001, "{:?}", program.cut);
    assert!(program.cut.paths > 0 && program.cause.is_some() && program.fix.is_some());
    let chat: Value = serde_json::from_str(body["https"].as_str().unwrap()).unwrap();
    assert!(chat["content"]["description"].as_str().unwrap().chars().count() <= 2_800);
    assert!(sent.attributes.len() <= 10);
    let plain = message(&alert, Structure::String).unwrap();
    assert!(
        plain.body.len() <= MOST_BYTES && plain.body.contains("and 2970 more"),
        "{}",
        plain.body
    );
    let entry = bus::entry(&alert).unwrap();
    assert!(entry.detail.len() <= 256_000 && entry.detail_type == "Required Path Broken");
}

#[test]
fn a_record_that_is_too_long_keeps_what_it_is_about() {
    let most = 400_000;
    let mut stage = stage();
    let good = stage.store.records().get(SFTP).unwrap().clone();
    assert_eq!(good.to_json(most).unwrap(), serde_json::to_string(&good).unwrap());
    let read = |record: &Record| -> Record {
        let text = record.to_json(most).unwrap();
        assert!(text.len() <= most, "{}", text.len());
        serde_json::from_str(&text).unwrap()
    };

    let mut long = good.clone();
    let rules = &mut long.last_good.as_mut().unwrap().rules;
    let acl = rules.network_acls[0].clone();
    rules.network_acls.extend(std::iter::repeat_n(acl, 1_000));
    let kept = read(&long);
    assert_eq!(
        kept,
        Record {
            last_good: None,
            ..long
        }
    );

    let mut alert = broken(&mut stage);
    let mut owing = stage.store.records().get(SFTP).unwrap().clone();
    let hops = alert.paths[0].result.hops.clone();
    alert.paths[0].result.hops = hops.iter().cycle().take(2_000).cloned().collect();
    owing.outbox.push(OutboxEntry {
        alert,
        owed: [Channel::Local].into(),
    });
    let kept = read(&owing);
    let alert = &kept.outbox[0].alert;
    assert!(alert.cut.hops == 2_000 && alert.cause.is_some() && alert.fix.is_some());
    assert_eq!((kept.state, kept.incident), (owing.state, owing.incident));
}

#[test]
fn what_others_wrote_marks_nothing_up() {
    let mut stage = stage();
    stage.break_it();
    let evil = "<!channel> *see* https://evil.example [x](http://evil.example)\u{202e}\u{1b}[31m @here";
    let change = event(
        "DeleteNetworkAclEntry",
        serde_json::json!({"networkAclId": super::stage::ACL, "ruleNumber": 130, "egress": true}),
        stage.now,
        77,
        evil,
    );
    let mut named = acl(&mut stage.network).tags.clone();
    named[0].value = evil.to_owned();
    acl(&mut stage.network).tags = named;
    let alert = only(stage.events(&[change]));
    assert_eq!(alert.kind, AlertKind::Broken);
    let chat = chat::notification(&alert).unwrap();
    for markup in ["<!", "https://evil", "http://evil", "[x]", "*see*", " @here"] {
        assert!(!chat.contains(markup), "{markup} in {chat}");
    }
    let told = text(&alert, Look::default());
    assert!(!told.contains(['\u{202e}', '\u{1b}']), "{told}");
    assert!(subject(&alert).is_ascii());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_subject_is_one_that_sns_takes(name in ".{1,200}") {
        let mut alert = broken(&mut stage());
        alert.paths[0].result.name = name;
        let subject = subject(&alert);
        prop_assert!(subject.len() < 100 && subject.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{subject}");
        prop_assert!(subject.starts_with("[hopwatch] BROKEN critical: "), "{subject}");
    }
}
