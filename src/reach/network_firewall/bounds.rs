//! Sets of which only bounds are known: what is surely in them, and what may be.

use super::super::addresses::Addresses;
use super::super::cube::all_ports;
use super::super::ranges::Ranges;

/// A set between two others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bounds<S> {
    /// Surely in it.
    pub(super) sure: S,
    /// Surely nothing else is in it.
    pub(super) may: S,
}

/// What sets of addresses and sets of ports have in common.
pub(super) trait Set: Clone {
    fn none() -> Self;
    fn everything() -> Self;
    fn or(&self, other: &Self) -> Self;
    fn without(&self, other: &Self) -> Self;
}

impl Set for Addresses {
    fn none() -> Self {
        Self::empty()
    }

    fn everything() -> Self {
        Self::everywhere()
    }

    fn or(&self, other: &Self) -> Self {
        self.union(other)
    }

    fn without(&self, other: &Self) -> Self {
        self.subtract(other)
    }
}

impl Set for Ranges<u16> {
    fn none() -> Self {
        Self::empty()
    }

    fn everything() -> Self {
        all_ports()
    }

    fn or(&self, other: &Self) -> Self {
        self.union(other)
    }

    fn without(&self, other: &Self) -> Self {
        self.subtract(other)
    }
}

impl<S: Set> Bounds<S> {
    /// Exactly this set.
    pub(super) fn exactly(set: S) -> Self {
        Self {
            sure: set.clone(),
            may: set,
        }
    }

    /// Everything.
    pub(super) fn everything() -> Self {
        Self::exactly(S::everything())
    }

    /// Nobody knows.
    pub(super) fn unknown() -> Self {
        Self {
            sure: S::none(),
            may: S::everything(),
        }
    }

    /// All that is not in it.
    pub(super) fn inverted(&self) -> Self {
        Self::everything().without(self)
    }

    pub(super) fn or(&self, other: &Self) -> Self {
        Self {
            sure: self.sure.or(&other.sure),
            may: self.may.or(&other.may),
        }
    }

    pub(super) fn without(&self, other: &Self) -> Self {
        Self {
            sure: self.sure.without(&other.may),
            may: self.may.without(&other.sure),
        }
    }
}
