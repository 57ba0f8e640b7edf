//! The path file: what must work, as users write it (PATH-FILE.md).
//!
//! Invariant: reading a path file looks at nothing but its text; whether its names exist is asked of a snapshot later.

mod address;
mod allowed;
mod argument;
mod bare;
pub mod component;
pub mod cron;
mod definition;
mod draft;
mod duration;
mod end;
mod fields;
mod filter;
mod import;
mod key;
pub mod model;
mod named;
mod node;
mod path;
mod port;
mod problem;
mod protocol;
mod read;
mod resource;
mod schema;
pub(crate) mod suggestion;
mod tag;
mod window;

pub use argument::{AdHoc, ArgumentError, ad_hoc_path, end_from_argument};
pub use import::{ImportError, Imported, import};
pub use problem::{PathFileErrors, Problem};
pub use read::{ReadPathFile, read};
pub use schema::schema;

#[cfg(test)]
mod tests;
