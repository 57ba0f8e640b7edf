//! Exit codes: a contract with scripts and CI.

use std::process::ExitCode;

use crate::report::Summary;

/// How a run ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// 0: everything as expected, or done.
    AsExpected,
    /// 1: a path is not as expected.
    NotAsExpected,
    /// 2: bad usage or input; a message on stderr, nothing on stdout.
    Usage,
    /// 3: of a path it cannot be told, and none is not as expected.
    Undecided,
    /// 4: AWS or the network failed, so that nothing could be evaluated.
    #[cfg(feature = "aws")]
    Unreachable,
}

/// What `--help` says of exit codes.
pub(crate) const EXIT_CODES: &str = "\
Exit codes:
  0  every path is as expected
  1  a path is not as expected
  2  bad usage or input: a message on stderr, nothing on stdout
  3  of a path it cannot be told, and none is not as expected
  4  AWS or the network failed, so that nothing could be evaluated
Where several fit, the first of 2, 4, 1, 3.";

impl Exit {
    /// After paths were evaluated.
    pub(crate) fn of(summary: Summary) -> Self {
        if summary.not_as_expected > 0 {
            Self::NotAsExpected
        } else if summary.undecided > 0 {
            Self::Undecided
        } else {
            Self::AsExpected
        }
    }

    /// The number.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::AsExpected => 0,
            Self::NotAsExpected => 1,
            Self::Usage => 2,
            Self::Undecided => 3,
            #[cfg(feature = "aws")]
            Self::Unreachable => 4,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(as_expected: usize, not_as_expected: usize, undecided: usize) -> Summary {
        Summary {
            paths: as_expected + not_as_expected + undecided,
            as_expected,
            not_as_expected,
            undecided,
        }
    }

    #[test]
    fn what_is_lost_for_certain_comes_before_what_cannot_be_told() {
        assert_eq!(Exit::of(summary(0, 0, 0)).code(), 0);
        assert_eq!(Exit::of(summary(5, 0, 0)).code(), 0);
        assert_eq!(Exit::of(summary(5, 1, 1)).code(), 1);
        assert_eq!(Exit::of(summary(5, 0, 1)).code(), 3);
    }
}
