//! The path file: what must work, as users write it (PATH-FILE.md).
//!
//! Invariant: reading a path file looks at nothing but its text; whether its names exist is asked of a snapshot later.

mod address;
mod allowed;
mod argument;
pub mod component;
pub mod cron;
mod definition;
mod duration;
mod end;
mod fields;
pub mod model;
mod node;
mod path;
mod port;
mod problem;
mod read;
mod resource;
pub(crate) mod suggestion;
mod window;

pub use argument::{AdHoc, ArgumentError, ad_hoc_path, end_from_argument};
pub use problem::{PathFileErrors, Problem};
pub use read::{ReadPathFile, read};
