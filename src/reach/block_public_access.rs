//! VPC Block Public Access.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html>

use crate::network::id::VpcId;

use super::flow::{Flow, Spot};
use super::walk::Walk;

/// Which way packets cross an internet gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Out by an internet gateway.
    Out,
    /// In by an internet gateway.
    In,
    /// Out by an egress-only internet gateway.
    EgressOnly,
}

impl Walk<'_> {
    pub(crate) fn block_public_access(&mut self, _flow: &mut Flow, _vpc: &VpcId, _way: Way, _spot: &Spot) {}
}
