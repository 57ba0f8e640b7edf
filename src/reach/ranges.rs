//! Sets of numbers as sorted, disjoint, non-adjacent ranges: addresses and ports.

use std::fmt;
use std::sync::Arc;

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
///
/// Most sets are one range; the internet as a network sees it is thousands, which the copies of a set share.
#[derive(Clone)]
pub(crate) struct Ranges<T: Point>(Spans<T>);

#[derive(Clone)]
enum Spans<T> {
    Empty,
    One((T, T)),
    /// Two or more.
    Many(Arc<[(T, T)]>),
}

impl<T: Point> PartialEq for Ranges<T> {
    fn eq(&self, other: &Self) -> bool {
        self.is_shared_with(other) || self.spans() == other.spans()
    }
}

impl<T: Point> Eq for Ranges<T> {}

impl<T: Point> Ranges<T> {
    /// The set without members.
    pub(crate) fn empty() -> Self {
        Self(Spans::Empty)
    }

    /// All numbers from `first` to `last`, both in it; empty where `last` is before `first`.
    pub(crate) fn span(first: T, last: T) -> Self {
        if first <= last {
            Self(Spans::One((first, last)))
        } else {
            Self::empty()
        }
    }

    /// One number.
    pub(crate) fn one(number: T) -> Self {
        Self::span(number, number)
    }

    /// Any ranges, in any order, overlapping or not.
    pub(crate) fn from_spans(spans: impl IntoIterator<Item = (T, T)>) -> Self {
        let mut spans: SmallVec<[(T, T); 4]> =
            spans.into_iter().filter(|(first, last)| first <= last).collect();
        spans.sort_unstable();
        Self::from_canonical(&Self::merged(spans.len(), spans))
    }

    /// Ranges, at most so many, in ascending order of where they start, overlapping or not, made canonical.
    fn merged(most: usize, spans: impl IntoIterator<Item = (T, T)>) -> SmallVec<[(T, T); 4]> {
        let mut merged: SmallVec<[(T, T); 4]> = SmallVec::with_capacity(most);
        for (first, last) in spans {
            match merged.last_mut() {
                Some((_, end)) if first <= *end || end.next() == Some(first) => *end = (*end).max(last),
                _ => merged.push((first, last)),
            }
        }
        merged
    }

    /// Ranges that are sorted, disjoint and not adjacent.
    fn from_canonical(spans: &[(T, T)]) -> Self {
        Self(match spans {
            [] => Spans::Empty,
            [one] => Spans::One(*one),
            many => Spans::Many(many.into()),
        })
    }

    fn spans(&self) -> &[(T, T)] {
        match &self.0 {
            Spans::Empty => &[],
            Spans::One(span) => std::slice::from_ref(span),
            Spans::Many(spans) => spans,
        }
    }

    /// Whether both are copies of one large set.
    fn is_shared_with(&self, other: &Self) -> bool {
        matches!((&self.0, &other.0), (Spans::Many(a), Spans::Many(b)) if Arc::ptr_eq(a, b))
    }

    /// Whether one range of this set holds all of the other: then most operations are a copy.
    fn covers(&self, other: &Self) -> bool {
        match (&self.0, other.spans()) {
            (Spans::One((first, last)), [(low, high)]) => first <= low && high <= last,
            (Spans::One((first, last)), [(low, _), .., (_, high)]) => first <= low && high <= last,
            _ => false,
        }
    }

    /// The ranges in ascending order.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = (T, T)> + '_ {
        self.spans().iter().copied()
    }

    /// Whether there is no member.
    pub(crate) fn is_empty(&self) -> bool {
        matches!(self.0, Spans::Empty)
    }

    /// The smallest member.
    pub(crate) fn first(&self) -> Option<T> {
        self.spans().first().map(|&(first, _)| first)
    }

    /// The smallest and the largest member.
    pub(crate) fn hull(&self) -> Option<(T, T)> {
        match self.spans() {
            [] => None,
            [one] => Some(*one),
            [(first, _), .., (_, last)] => Some((*first, *last)),
        }
    }

    /// Whether it is a member.
    pub(crate) fn contains(&self, number: T) -> bool {
        self.holds(number, number)
    }

    /// Whether all numbers from `first` to `last` are members.
    fn holds(&self, first: T, last: T) -> bool {
        let held = from(self.spans(), first).first();
        held.is_some_and(|&(start, end)| start <= first && last <= end)
    }

    /// What is in both.
    pub(crate) fn intersect(&self, other: &Self) -> Self {
        if self.is_shared_with(other) || other.covers(self) {
            return self.clone();
        }
        if self.covers(other) {
            return other.clone();
        }
        let (few, mut many) = by_length(self.spans(), other.spans());
        let mut both: SmallVec<[(T, T); 4]> = SmallVec::new();
        for &(first, last) in few {
            many = from(many, first);
            let (near, _) = many.split_at(leading(many, |&(start, _)| start <= last));
            let before = both.len();
            both.extend_from_slice(near);
            // Only the outermost can reach beyond.
            if let Some((start, _)) = both.get_mut(before) {
                *start = first.max(*start);
                if let Some((_, end)) = both.last_mut() {
                    *end = last.min(*end);
                }
            }
        }
        self.or_new(other, &both)
    }

    /// Ranges that are canonical as a set, which shares memory with one of two that it may be equal to.
    fn or_new(&self, other: &Self, spans: &[(T, T)]) -> Self {
        let known = [self, other].into_iter().find(|known| known.spans() == spans);
        known.cloned().unwrap_or_else(|| Self::from_canonical(spans))
    }

    /// Whether anything is in both.
    pub(crate) fn meets(&self, other: &Self) -> bool {
        if let (Spans::One((a, b)), Spans::One((c, d))) = (&self.0, &other.0) {
            return a <= d && c <= b;
        }
        let (few, mut many) = by_length(self.spans(), other.spans());
        few.iter().any(|&(first, last)| {
            many = from(many, first);
            many.first().is_some_and(|&(start, _)| start <= last)
        })
    }

    /// What is in this one and not in the other.
    pub(crate) fn subtract(&self, other: &Self) -> Self {
        if self.is_shared_with(other) || other.covers(self) {
            return Self::empty();
        }
        if !self.meets(other) {
            return self.clone();
        }
        let mut cuts = other.spans();
        if let Some((first, last)) = self.hull() {
            cuts = from(cuts, first);
            (cuts, _) = cuts.split_at(leading(cuts, |&(start, _)| start <= last));
        }
        let mut left = self.spans();
        let mut rest: SmallVec<[(T, T); 4]> = SmallVec::with_capacity(left.len() + cuts.len());
        while let Some((&(first, last), behind)) = left.split_first() {
            cuts = from(cuts, first);
            // Whole runs stay, and whole runs go; often they are in both.
            let (stay, go) = match cuts.first() {
                Some(&cut) if cut == (first, last) => (0, alike(left, cuts)),
                Some(&(cut, until)) if cut <= first => (0, leading(left, |&(_, end)| end <= until)),
                Some(&(cut, _)) => (leading(left, |&(_, end)| end < cut), 0),
                None => (left.len(), 0),
            };
            if stay + go > 0 {
                let (run, behind) = left.split_at(stay + go);
                rest.extend_from_slice(run.get(..stay).unwrap_or_default());
                left = behind;
                continue;
            }
            left = behind;
            let mut start = Some(first);
            for &(c, d) in cuts.iter().take_while(|&&(c, _)| c <= last) {
                if let (Some(start), Some(end)) = (start, c.previous())
                    && start <= end
                {
                    rest.push((start, end));
                }
                start = d.next().filter(|&next| next <= last);
            }
            if let Some(start) = start {
                rest.push((start, last));
            }
        }
        Self::from_canonical(&rest)
    }

    /// What is in either.
    pub(crate) fn union(&self, other: &Self) -> Self {
        if other.is_empty() || self.is_shared_with(other) || self.covers(other) {
            return self.clone();
        }
        if self.is_empty() || other.covers(self) {
            return other.clone();
        }
        let (mut left, mut right) = (self.iter().peekable(), other.iter().peekable());
        let most = left.len() + right.len();
        let both = std::iter::from_fn(|| match (left.peek(), right.peek()) {
            (Some(a), Some(b)) if b < a => right.next(),
            (Some(_), _) => left.next(),
            (None, _) => right.next(),
        });
        let merged = Self::merged(most, both);
        self.or_new(other, &merged)
    }

    /// Whether every member is in the other.
    pub(crate) fn is_subset(&self, other: &Self) -> bool {
        // Often one range holds them all.
        let Some((first, last)) = self.hull() else {
            return true;
        };
        match (&self.0, &other.0) {
            (_, Spans::Empty) => return false,
            (_, Spans::One((start, end))) => return *start <= first && last <= *end,
            (Spans::One(_), Spans::Many(_)) => return other.holds(first, last),
            _ if other.holds(first, last) => return true,
            _ => {}
        }
        let mut others = other.spans();
        let mut held = |(first, last)| {
            others = from(others, first);
            others.first().is_some_and(|&(c, d)| c <= first && last <= d)
        };
        self.is_shared_with(other) || self.iter().all(&mut held)
    }
}

/// The shorter of two lists, and the longer.
fn by_length<'a, S>(a: &'a [S], b: &'a [S]) -> (&'a [S], &'a [S]) {
    if a.len() <= b.len() { (a, b) } else { (b, a) }
}

/// The ranges from the first on that does not end before `number`. Those near the beginning are found soonest, so that
/// going through two lists side by side costs no more than their lengths, and little where one is short.
fn from<T: Point>(spans: &[(T, T)], number: T) -> &[(T, T)] {
    let (_, rest) = spans.split_at(leading(spans, |&(_, end)| end < number));
    rest
}

/// How many ranges of the beginning are in both.
fn alike<T: Point>(a: &[(T, T)], b: &[(T, T)]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

/// How many ranges of the beginning are of a kind, where none is after the first that is not.
fn leading<T: Point>(spans: &[(T, T)], is: impl Fn(&(T, T)) -> bool) -> usize {
    let mut rest = spans;
    let mut step = 1;
    while let Some((ahead, behind)) = rest.split_at_checked(step)
        && ahead.last().is_some_and(&is)
    {
        rest = behind;
        step *= 2;
    }
    let near = rest.get(..step).unwrap_or(rest);
    spans.len() - rest.len() + near.partition_point(is)
}

impl<T: Point> fmt::Debug for Ranges<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.spans()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn ranges(count: std::ops::Range<usize>) -> impl Strategy<Value = Ranges<u8>> {
        prop::collection::vec((any::<u8>(), 0..16_u8), count)
            .prop_map(|spans| {
                spans
                    .into_iter()
                    .map(|(first, length)| (first, first.saturating_add(length)))
                    .collect::<Vec<_>>()
            })
            .prop_map(Ranges::from_spans)
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

    /// Two sets that have little in common, or all but a little.
    fn two() -> impl Strategy<Value = (Ranges<u8>, Ranges<u8>)> {
        let alike = (ranges(0..40), ranges(0..3), ranges(0..3)).prop_map(|(a, less, more)| {
            let b = a.subtract(&less).union(&more);
            (a, b)
        });
        prop_oneof![(ranges(0..40), ranges(0..40)), alike]
    }

    proptest! {
        #[test]
        fn operations_are_those_of_sets((a, b) in two()) {
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
