//! Load balancers: a client reaches a node by a listener, and the node goes on to the targets.
//!
//! An Application or a Classic Load Balancer, and a Network Load Balancer that does not keep the client's address, open
//! a connection of their own to each target: a second segment, from the node's private addresses. A Network Load
//! Balancer that keeps the client's address sends the client's packets on, and gets the replies back whatever the
//! routes at the target say.
//!
//! Which target a connection gets is the balancer's choice, so that a path needs every one. Target health is not looked
//! at. <https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html>

mod balancer;
mod health;
mod listener;
mod node;
mod own_subnet;
mod send;
mod session;
mod setting;
mod target;

pub(crate) use balancer::{Balancer, LIST};
pub(crate) use session::BalancerSession;
