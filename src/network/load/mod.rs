//! Loading: the text of each file to typed resources ([`parse`]), and these to one snapshot ([`merge`]).
//!
//! Which files there are is the shell's matter (`cli::snapshot_files`).

mod coverage;
mod document;
mod document_error;
mod duplicate;
mod encoding;
mod host_bits;
mod listeners;
mod merge;
mod origin;
mod place;
mod prefix_lists;
mod references;
mod security_group_rules;
mod two_sides;
mod unread;
mod value_shown;
mod vpc_places;
mod warning;

pub use document::{Document, Source, known_keys, parse};
pub use document_error::{DocumentError, DocumentProblem};
pub use encoding::EncodingError;
pub(crate) use encoding::decode;
pub use merge::{Loaded, MergeError, Summary, merge};
pub use warning::{AbsentExample, Choice, Example, Folder, Warning};

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod mutation;

pub(crate) use duplicate::{Copy, Settled, Settling, by_owner};
pub(crate) use two_sides::{attachment, db_cluster, db_instance, gateway_peering, vpc_peering};
pub(crate) use vpc_places::find_places;
