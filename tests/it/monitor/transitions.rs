//! Every row of the table of transitions, as a table: what is done in turn, what is said after each.

use hopwatch::alert::AlertKind::{self, Blind, Broken, Changed, Reminder, Restored, Withdrawn};
use hopwatch::monitor::State;
use jiff::SignedDuration;

use super::stage::{INVOICES, SFTP, Stage, entry, kinds, one_path};

/// What is done.
#[derive(Debug, Clone, Copy)]
enum Do {
    /// The rule goes.
    Break,
    /// The rule comes back.
    Mend,
    /// The inbound rule goes as well: another cause.
    BreakOtherwise,
    /// What is needed cannot be read.
    Blind,
    /// It can again.
    See,
    /// Nothing but the clock moves, then a sweep.
    Wait(i64),
    /// The path leaves the file.
    Leave,
    /// The path asks another question.
    Redefine,
}

/// What it is, what is done in turn, and what is said after each.
type Row<'a> = (&'a str, &'a [(Do, &'a [AlertKind])]);

#[test]
fn every_row() {
    use Do::{Break, BreakOtherwise, Leave, Mend, Redefine, See, Wait};
    let hour = 3600;
    let rows: &[Row<'_>] = &[
        (
            "up → down → up",
            &[(Break, &[Broken]), (Mend, &[Restored]), (Wait(hour), &[])],
        ),
        (
            "down, by something else",
            &[
                (Break, &[Broken]),
                (BreakOtherwise, &[Changed]),
                (Wait(hour), &[]),
            ],
        ),
        (
            "up → blind → up",
            &[(Do::Blind, &[Blind]), (See, &[Restored]), (Wait(hour), &[])],
        ),
        (
            "down → blind → down",
            &[(Break, &[Broken]), (Do::Blind, &[Blind]), (See, &[Changed])],
        ),
        (
            "down → blind → up",
            &[
                (Break, &[Broken]),
                (Do::Blind, &[Blind]),
                (Mend, &[]),
                (See, &[Restored]),
            ],
        ),
        (
            "blind (was up) → down",
            &[(Do::Blind, &[Blind]), (Break, &[]), (See, &[Broken])],
        ),
        (
            "reminders",
            &[
                (Break, &[Broken]),
                (Wait(71 * hour), &[]),
                (Wait(hour), &[Reminder]),
                (Wait(23 * hour), &[]),
                (Wait(hour), &[Reminder]),
                (Mend, &[Restored]),
                (Wait(100 * hour), &[]),
            ],
        ),
        (
            "leaves while down",
            &[(Break, &[Broken]), (Leave, &[Withdrawn]), (Wait(hour), &[])],
        ),
        (
            "leaves while blind",
            &[(Do::Blind, &[Blind]), (Leave, &[Withdrawn])],
        ),
        ("leaves while up", &[(Leave, &[]), (Wait(hour), &[])]),
        (
            "redefined while down",
            &[(Break, &[Broken]), (Redefine, &[Withdrawn, Broken])],
        ),
        ("redefined while up", &[(Redefine, &[]), (Break, &[Broken])]),
    ];
    for (row, steps) in rows {
        let mut stage = Stage::up();
        for (index, (done, said)) in steps.iter().enumerate() {
            let mut told = kinds(&do_it(&mut stage, *done));
            told.sort_by_key(|kind| *kind != Withdrawn);
            assert_eq!(&told, said, "{row}, step {index}: {done:?}");
            // What was said is said once: nothing more comes of looking again.
            assert_eq!(kinds(&stage.again(0)), [], "{row}, step {index}, again");
        }
    }
}

fn do_it(stage: &mut Stage, done: Do) -> Vec<hopwatch::alert::Alert> {
    stage.pass(SignedDuration::from_secs(60));
    let change = match done {
        Do::Break => stage.break_it_quietly(),
        Do::Mend => stage.mend_it_quietly(),
        Do::BreakOtherwise => {
            stage.before = None;
            Some(stage.delete_entry(130, false))
        }
        Do::Blind => {
            stage.hidden = Some(std::mem::take(&mut stage.network.network_acls));
            return stage.sweep();
        }
        Do::See => {
            stage.network.network_acls = stage.hidden.take().unwrap();
            return stage.sweep();
        }
        Do::Wait(seconds) => {
            stage.pass(SignedDuration::from_secs(seconds - 60));
            return stage.sweep();
        }
        Do::Leave => {
            stage.paths.clear();
            return stage.sweep();
        }
        Do::Redefine => {
            stage.paths = super::stage::read(&one_path("    clientPorts: 1024-65535\n    reply: ignored\n"));
            return stage.sweep();
        }
    };
    match change {
        Some(change) => stage.events(&[change]),
        None => Vec::new(),
    }
}

#[test]
fn found_at_start() {
    let mut stage = Stage::new(&one_path(""));
    stage.break_it();
    let alerts = stage.sweep();
    assert_eq!(kinds(&alerts), [Broken]);
    assert!(
        alerts[0].found_at_start && alerts[0].blame.is_none(),
        "nobody is blamed for what was so"
    );
    let mut stage = Stage::new(&one_path(""));
    stage.blind();
    assert_eq!(kinds(&stage.sweep()), [Blind]);
}

#[test]
fn an_outage_has_its_length_and_one_incident() {
    let mut stage = Stage::up();
    stage.pass(SignedDuration::from_secs(847));
    let broke = stage.break_it();
    let broken = stage.events(&[broke]);
    stage.pass(SignedDuration::from_secs(1385));
    let mended = stage.mend_it();
    let restored = stage.events(&[mended]);
    assert_eq!(restored[0].outage_seconds, Some(1385));
    assert_eq!(restored[0].incident, broken[0].incident);
    assert_ne!(restored[0].id, broken[0].id);
    let record = stage.record(SFTP);
    assert_eq!(record.state, State::Up);
    assert_eq!(
        record.last_incident.as_ref().map(|last| last.id.clone()),
        Some(broken[0].incident.clone())
    );
}

#[test]
fn one_cause_is_one_alert_whatever_it_breaks() {
    let file = one_path("")
        + &format!(
            "  - name: {INVOICES}\n    source: {{ lambda: invoice-export }}\n    destination: 198.51.100.22\n    destinationPort: 22\n    severity: critical\n"
        );
    let mut stage = Stage::up_with(&file);
    let broke = stage.break_it();
    let alerts = stage.events(&[broke]);
    assert_eq!(kinds(&alerts), [Broken]);
    let names: Vec<&str> = alerts[0]
        .paths
        .iter()
        .map(|path| path.result.name.as_str())
        .collect();
    assert_eq!(names, [INVOICES, SFTP], "the worst first");
    // Found by a sweep, without an event, the same.
    let mut stage = Stage::up_with(&file);
    stage.break_it();
    let alerts = stage.sweep();
    assert_eq!(alerts.len(), 1);
    assert_eq!(alerts[0].paths.len(), 2);
    assert!(alerts[0].blame.is_none());
    assert!(
        stage.last.unexplained.contains(super::stage::ACL),
        "to be looked up in CloudTrail"
    );
}

#[test]
fn a_path_that_goes_down_later_by_the_same_joins_the_incident() {
    let file = one_path("")
        + &format!(
            "  - name: {INVOICES}\n    source: {{ lambda: invoice-export }}\n    destination: 198.51.100.30\n    destinationPort: 22\n"
        );
    let mut stage = Stage::new(&file);
    for group in ["sg-0c6e3a0f4d9b15873"] {
        let group = stage.network.security_groups.get_mut(group).unwrap();
        for permission in &mut group.ip_permissions_egress {
            for range in &mut permission.ip_ranges {
                range.cidr_ip = "0.0.0.0/0".parse().unwrap();
            }
        }
    }
    super::stage::acl(&mut stage.network)
        .entries
        .push(entry(140, true, 22, "198.51.100.30/32"));
    assert_eq!(stage.sweep(), []);
    stage.break_it();
    super::stage::acl(&mut stage.network)
        .entries
        .retain(|entry| entry.rule_number != 130 || !entry.egress);
    let first = stage.sweep();
    assert_eq!(first[0].paths.len(), 1, "rule 140 carries the other");
    stage.pass(SignedDuration::from_hours(1));
    super::stage::acl(&mut stage.network)
        .entries
        .retain(|entry| entry.rule_number != 140);
    let second = stage.sweep();
    assert_eq!(second[0].paths[0].result.name, INVOICES);
    assert_eq!(second[0].incident, first[0].incident, "one thread");
    assert_ne!(second[0].id, first[0].id);
}
