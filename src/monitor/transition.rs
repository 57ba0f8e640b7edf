//! What is said when a path's state changes: the table of transitions, told last → is now.

use crate::alert::AlertKind;

use super::record::{Announced, State};

/// What is said, if anything.
///
/// | told last | is now | said |
/// |---|---|---|
/// | nothing | up | nothing |
/// | nothing | down | broken, found at start |
/// | nothing | blind | blind |
/// | up, blind (was up or never known) | down | broken |
/// | down | down by something else | changed |
/// | blind (was down) | down | changed |
/// | down, blind | up | restored |
/// | up, down | blind | blind |
/// | the same | the same | nothing |
pub fn said(told: Option<&Announced>, now: State, fingerprint: &str) -> Option<AlertKind> {
    let Some(told) = told else {
        return match now {
            State::Up => None,
            State::Down => Some(AlertKind::Broken),
            State::Blind => Some(AlertKind::Blind),
        };
    };
    match (told.state, now) {
        (State::Up, State::Down) => Some(AlertKind::Broken),
        (State::Blind, State::Down) if told.last_known == Some(State::Down) => Some(AlertKind::Changed),
        (State::Blind, State::Down) => Some(AlertKind::Broken),
        (State::Down, State::Down) => (told.fingerprint != fingerprint).then_some(AlertKind::Changed),
        (State::Down | State::Blind, State::Up) => Some(AlertKind::Restored),
        (State::Up | State::Down, State::Blind) => Some(AlertKind::Blind),
        (State::Up, State::Up) | (State::Blind, State::Blind) => None,
    }
}
