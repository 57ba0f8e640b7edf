//! Five-field cron expressions, for maintenance windows.

/// A parsed cron expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cron;
