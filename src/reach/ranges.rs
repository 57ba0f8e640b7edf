//! Sets of numbers as sorted, disjoint, non-adjacent ranges: addresses and ports.

use std::fmt;

use smallvec::SmallVec;

/// A number that ranges are made of.
pub(crate) trait Point: Copy + Ord + fmt::Debug {
    /// The next number, if there is one.
    fn next(self) -> Option<Self>;
    /// The number before, if there is one.
    fn previous(self) -> Option<Self>;
}

macro_rules! point {
    ($($number:ty),+) => {$(
        impl Point for $number {
            fn next(self) -> Option<Self> {
                self.checked_add(1)
            }
            fn previous(self) -> Option<Self> {
                self.checked_sub(1)
            }
        }
    )+};
}
point!(u8, u16, u128);

/// A set of numbers. Equal sets are equal values.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Ranges<T: Point>(SmallVec<[(T, T); 1]>);

impl<T: Point> Ranges<T> {
    /// The set without members.
    pub(crate) fn empty() -> Self {
        Self(SmallVec::new())
    }

    /// All numbers from `first` to `last`, both in it; empty where `last` is before `first`.
    pub(crate) fn span(first: T, last: T) -> Self {
        let mut ranges = SmallVec::new();
        if first <= last {
            ranges.push((first, last));
        }
        Self(ranges)
    }

    /// One number.
    pub(crate) fn one(number: T) -> Self {
        Self::span(number, number)
    }

    /// Any ranges, in any order, overlapping or not.
    pub(crate) fn from_spans(spans: impl IntoIterator<Item = (T, T)>) -> Self {
        let mut spans: SmallVec<[(T, T); 1]> =
            spans.into_iter().filter(|(first, last)| first <= last).collect();
        spans.sort_unstable();
        let mut merged: SmallVec<[(T, T); 1]> = SmallVec::with_capacity(spans.len());
        for (first, last) in spans {
            match merged.last_mut() {
                Some((_, end)) if first <= *end || end.next() == Some(first) => *end = (*end).max(last),
                _ => merged.push((first, last)),
            }
        }
        Self(merged)
    }

    /// The ranges in ascending order.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = (T, T)> + '_ {
        self.0.iter().copied()
    }

    /// Whether there is no member.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The smallest member.
    pub(crate) fn first(&self) -> Option<T> {
        self.0.first().map(|&(first, _)| first)
    }

    /// Whether it is a member.
    pub(crate) fn contains(&self, number: T) -> bool {
        let after = self.0.partition_point(|&(first, _)| first <= number);
        after
            .checked_sub(1)
            .and_then(|i| self.0.get(i))
            .is_some_and(|&(_, last)| number <= last)
    }

    /// What is in both.
    pub(crate) fn intersect(&self, other: &Self) -> Self {
        if let (&[(a, b)], &[(c, d)]) = (self.0.as_slice(), other.0.as_slice()) {
            return Self::span(a.max(c), b.min(d));
        }
        let mut both = SmallVec::new();
        let (mut left, mut right) = (self.0.iter().peekable(), other.0.iter().peekable());
        while let (Some(&&(a, b)), Some(&&(c, d))) = (left.peek(), right.peek()) {
            let (first, last) = (a.max(c), b.min(d));
            if first <= last {
                both.push((first, last));
            }
            if b < d {
                left.next();
            } else {
                right.next();
            }
        }
        Self(both)
    }

    /// Whether anything is in both.
    pub(crate) fn meets(&self, other: &Self) -> bool {
        let (mut left, mut right) = (self.0.iter().peekable(), other.0.iter().peekable());
        while let (Some(&&(a, b)), Some(&&(c, d))) = (left.peek(), right.peek()) {
            if a.max(c) <= b.min(d) {
                return true;
            }
            if b < d {
                left.next();
            } else {
                right.next();
            }
        }
        false
    }

    /// What is in this one and not in the other.
    pub(crate) fn subtract(&self, other: &Self) -> Self {
        if other.is_empty() || self.is_empty() {
            return self.clone();
        }
        let mut rest = SmallVec::new();
        let mut cuts = other.0.iter().peekable();
        for &(first, last) in &self.0 {
            let mut from = Some(first);
            while let (Some(start), Some(&&(c, d))) = (from, cuts.peek()) {
                if d < start {
                    cuts.next();
                    continue;
                }
                if c > last {
                    break;
                }
                if let Some(end) = c.previous()
                    && start <= end
                {
                    rest.push((start, end));
                }
                from = d.next().filter(|&next| next <= last);
                if d <= last {
                    cuts.next();
                }
            }
            if let Some(start) = from {
                rest.push((start, last));
            }
        }
        Self(rest)
    }

    /// What is in either.
    pub(crate) fn union(&self, other: &Self) -> Self {
        if self.is_empty() {
            return other.clone();
        }
        if other.is_empty() {
            return self.clone();
        }
        Self::from_spans(self.iter().chain(other.iter()))
    }

    /// Whether every member is in the other.
    pub(crate) fn is_subset(&self, other: &Self) -> bool {
        self.0.iter().all(|&(first, last)| {
            let after = other.0.partition_point(|&(start, _)| start <= first);
            after
                .checked_sub(1)
                .and_then(|i| other.0.get(i))
                .is_some_and(|&(_, end)| last <= end)
        })
    }
}

impl<T: Point> fmt::Debug for Ranges<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn ranges() -> impl Strategy<Value = Ranges<u8>> {
        prop::collection::vec((any::<u8>(), any::<u8>()), 0..6).prop_map(Ranges::from_spans)
    }

    fn members(set: &Ranges<u8>) -> BTreeSet<u8> {
        (0..=u8::MAX).filter(|&n| set.contains(n)).collect()
    }

    fn is_canonical(set: &Ranges<u8>) -> bool {
        let spans: Vec<_> = set.iter().collect();
        spans.iter().all(|(first, last)| first <= last)
            && spans
                .windows(2)
                .all(|pair| u16::from(pair[0].1) + 1 < u16::from(pair[1].0))
    }

    proptest! {
        #[test]
        fn operations_are_those_of_sets(a in ranges(), b in ranges()) {
            let (x, y) = (members(&a), members(&b));
            prop_assert_eq!(members(&a.intersect(&b)), &x & &y);
            prop_assert_eq!(members(&a.union(&b)), &x | &y);
            prop_assert_eq!(members(&a.subtract(&b)), &x - &y);
            prop_assert_eq!(a.is_subset(&b), x.is_subset(&y));
            prop_assert_eq!(a.meets(&b), !x.is_disjoint(&y));
            prop_assert_eq!(a == b, x == y);
            for set in [a.intersect(&b), a.union(&b), a.subtract(&b)] {
                prop_assert!(is_canonical(&set), "{:?}", set);
            }
        }
    }
}
