//! The ends of a path: which interfaces, gateways and addresses they are in a snapshot (PATH-FILE.md, "Ends").

mod database;
mod destination;
mod end;
mod function;
mod gateway;
mod load_balancer;
mod resolver;
mod source;
mod tagged;

pub(crate) use destination::depends_on_source;
pub(crate) use end::{Finish, Hindrance, Start};
pub(crate) use gateway::propagated_by;
pub(crate) use resolver::Resolver;
