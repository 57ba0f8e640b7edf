//! When something is not said yet: settling, muting, maintenance windows.

use hopwatch::alert::AlertKind::{Broken, Restored};
use hopwatch::monitor::State;
use jiff::SignedDuration;

use super::stage::{SFTP, Stage, kinds, one_path};

#[test]
fn a_break_that_does_not_last_is_not_said() {
    let mut stage = Stage::up_with(&one_path("    settle: 5m\n"));
    let change = stage.break_it();
    assert_eq!(stage.events(&[change]), []);
    assert_eq!(stage.record(SFTP).state, State::Up, "until then it stays up");
    assert_eq!(stage.last.follow_ups[0].after, SignedDuration::from_mins(5));
    stage.pass(SignedDuration::from_mins(2));
    let change = stage.mend_it();
    assert_eq!(stage.events(&[change]), []);
    stage.pass(SignedDuration::from_mins(3));
    assert_eq!(stage.again(0), []);
    assert!(stage.record(SFTP).settling.is_none());
}

#[test]
fn a_break_that_lasts_is_said_with_its_beginning_and_who() {
    let mut stage = Stage::up_with(&one_path("    settle: 5m\n"));
    let began = stage.now;
    let change = stage.break_it();
    stage.events(&[change]);
    stage.pass(SignedDuration::from_mins(4));
    assert_eq!(stage.sweep(), [], "not yet");
    stage.pass(SignedDuration::from_mins(1));
    let alerts = stage.again(0);
    assert_eq!(kinds(&alerts), [Broken]);
    assert_eq!(alerts[0].paths[0].since, began);
    assert!(
        alerts[0]
            .blame
            .as_ref()
            .is_some_and(|blame| blame.actor.starts_with("jo.example"))
    );
    assert_eq!(alerts[0].trigger, "event-0001");
}

#[test]
fn what_would_have_mended_it_earlier_is_not_told() {
    let mut stage = Stage::up_with(&one_path("    settle: 5m\n"));
    let change = stage.break_it();
    stage.events(&[change]);
    // Meanwhile somebody breaks the way back, too.
    stage.pass(SignedDuration::from_mins(1));
    stage.before = Some(stage.network.clone());
    let change = stage.delete_entry(130, false);
    assert_eq!(stage.events(&[change]), []);
    stage.pass(SignedDuration::from_mins(4));
    let alerts = stage.again(0);
    assert_eq!(kinds(&alerts), [Broken]);
    let fix = alerts[0].fix.as_ref().unwrap();
    for way in ["--egress", "--ingress"] {
        assert!(fix.command.contains(way), "{fix:?}");
    }
}

#[test]
fn of_what_was_never_told_the_beginning_is() {
    let mut stage = Stage::up_with(&one_path(
        "    muteUntil: 2026-05-04T12:00:00Z\n    reason: migration\n",
    ));
    let began = stage.now;
    let change = stage.break_it();
    assert_eq!(stage.events(&[change]), []);
    stage.pass(SignedDuration::from_mins(10));
    stage.before = Some(stage.network.clone());
    let mut change = stage.delete_entry(130, false);
    change.actor = super::stage::event("CreateTags", serde_json::json!({}), stage.now, 77, "bob").actor;
    assert_eq!(stage.events(&[change]), []);
    stage.pass(SignedDuration::from_hours(3));
    let alerts = stage.sweep();
    assert_eq!(kinds(&alerts), [Broken]);
    assert_eq!(alerts[0].paths[0].since, began);
    let blame = alerts[0].blame.as_ref().unwrap();
    assert!(blame.actor.starts_with("jo.example"), "{blame:?}");
}

#[test]
fn what_is_muted_is_said_at_the_end_if_it_is_still_so() {
    let muted = "    muteUntil: 2026-05-04T12:00:00Z\n    reason: migration\n";
    let window = "    maintenanceWindows:\n      - { cron: \"0 9 * * *\", duration: 3h, timeZone: UTC }\n";
    for quiet in [muted, window] {
        let mut stage = Stage::up_with(&one_path(quiet));
        stage.pass(SignedDuration::from_mins(1));
        let began = stage.now;
        let change = stage.break_it();
        assert_eq!(stage.events(&[change]), [], "{quiet}");
        assert_eq!(stage.record(SFTP).state, State::Down, "evaluated and recorded");
        stage.pass(SignedDuration::from_hours(1));
        assert_eq!(stage.sweep(), [], "{quiet}");
        stage.pass(SignedDuration::from_hours(2));
        let alerts = stage.sweep();
        assert_eq!(kinds(&alerts), [Broken], "{quiet}");
        assert_eq!(alerts[0].paths[0].since, began);
        assert!(alerts[0].blame.is_some(), "who did it is still known");
        // What was put right before the end was never said.
        let mut stage = Stage::up_with(&one_path(quiet));
        let change = stage.break_it();
        stage.events(&[change]);
        stage.pass(SignedDuration::from_hours(1));
        let change = stage.mend_it();
        assert_eq!(stage.events(&[change]), []);
        stage.pass(SignedDuration::from_hours(4));
        assert_eq!(stage.sweep(), []);
    }
}

#[test]
fn that_it_works_again_is_said_even_in_a_window() {
    let mut stage = Stage::up_with(&one_path(
        "    maintenanceWindows:\n      - { cron: \"0 10 * * *\", duration: 3h, timeZone: UTC }\n",
    ));
    let change = stage.break_it();
    assert_eq!(kinds(&stage.events(&[change])), [Broken]);
    stage.pass(SignedDuration::from_hours(2));
    let change = stage.mend_it();
    assert_eq!(kinds(&stage.events(&[change])), [Restored]);
}

#[test]
fn a_window_is_in_its_own_time_zone() {
    // 11:00 in Berlin is 09:00 in UTC in May: the window has begun.
    let file = one_path(
        "    maintenanceWindows:\n      - { cron: \"0 11 * * *\", duration: 30m, timeZone: Europe/Berlin }\n",
    );
    let mut stage = Stage::up_with(&file);
    let change = stage.break_it();
    assert_eq!(stage.events(&[change]), []);
    stage.pass(SignedDuration::from_mins(30));
    assert_eq!(kinds(&stage.sweep()), [Broken]);
}
