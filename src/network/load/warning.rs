//! What the reader of a report should know about the snapshot that it rests on.
//!
//! One line a matter, not one a resource: a real account would print thousands. Each names a file, a resource and a
//! field, so that it can be looked up.

use std::collections::BTreeSet;
use std::fmt;

use ipnet::IpNet;

use crate::network::id::{AccountId, Region, ResourceId};
use crate::network::unread::Unread;

/// Something odd or incomplete in a snapshot that is usable all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// No file holds anything that hopwatch knows.
    NothingKnown {
        /// How many files there are.
        files: usize,
    },
    /// Replies that would have been continued on another page.
    OnePage {
        /// How many files.
        count: usize,
        /// The first.
        file: String,
        /// The known keys in them: what is absent of these kinds is unknown.
        keys: BTreeSet<&'static str>,
    },
    /// Kinds that were read in one place and not in another.
    NotEverywhere {
        /// The keys: what is absent of these kinds is unknown.
        keys: BTreeSet<&'static str>,
        /// In how many folders they were not read.
        count: usize,
        /// The first folder without.
        folder: Folder,
    },
    /// A call that failed when the network was read.
    Unread(Unread),
    /// A reply saved as it was printed, which does not say what it belongs to.
    Unwrapped {
        /// In how many files.
        count: usize,
        /// The first.
        file: String,
        /// The key that it has.
        key: String,
        /// The form in which it would be understood.
        form: &'static str,
    },
    /// A key that is almost one that hopwatch knows.
    Misspelt {
        /// In how many files.
        count: usize,
        /// The first.
        file: String,
        /// The key.
        key: String,
        /// The known key.
        known: &'static str,
    },
    /// Load balancers without a listener: there is none, or the answer for them was not saved.
    NoListener {
        /// The first.
        first: ResourceId,
        /// How many there are.
        count: usize,
    },
    /// Blocks whose address is not their first one.
    HostBits {
        /// The kind.
        key: &'static str,
        /// The field.
        field: &'static str,
        /// How many there are.
        count: usize,
        /// The first.
        example: Example,
        /// What stands there.
        found: IpNet,
    },
    /// Resources that others name and that are in no file.
    Absent {
        /// The kind of what is absent.
        key: &'static str,
        /// The account that is known to hold them, where that account was not read: a note then.
        elsewhere: bool,
        /// How many are absent.
        missing: usize,
        /// By how many fields they are named.
        references: usize,
        /// The first few absent ones, each with one that names it.
        examples: Vec<AbsentExample>,
    },
    /// Different copies of one resource, of which one is taken.
    Copies {
        /// The kind.
        key: &'static str,
        /// Why that one.
        choice: Choice,
        /// How many resources this befell.
        count: usize,
        /// The first.
        id: ResourceId,
        /// Where the copy stands that was taken.
        kept: String,
        /// Where another stands.
        other: String,
    },
    /// Copies of one resource by the eyes of two accounts, none of them its owner: neither is taken.
    Unsettled {
        /// The kind.
        key: &'static str,
        /// How many resources this befell.
        count: usize,
        /// The first.
        id: ResourceId,
        /// The fields that differ.
        fields: Vec<String>,
        /// Where one copy stands.
        first: String,
        /// Where another stands.
        second: String,
    },
    /// Expanded rules that the group itself lacks.
    ExtraRules {
        /// How many.
        count: usize,
        /// The first one's group.
        example: Example,
    },
    /// Several databases of one name: each stands under its ARN then.
    SameName {
        /// The kind.
        key: &'static str,
        /// How many names.
        count: usize,
        /// The first.
        name: String,
        /// The ARN of one of that name.
        arn: String,
        /// The ARN of another.
        other: String,
    },
    /// A reply that was cut off, inside a wrapper.
    Cut {
        /// The kind.
        key: &'static str,
        /// How many.
        count: usize,
        /// The first.
        example: Example,
    },
    /// A folder's name says another Region than the zones of what is in it.
    OtherRegion {
        /// How many VPCs.
        count: usize,
        /// The first.
        example: Example,
        /// The Region in the folder's name.
        folder: Region,
        /// The Region of the zones, which is taken.
        zones: Region,
    },
}

/// A resource and the file it stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The resource.
    pub id: ResourceId,
    /// The file.
    pub file: String,
}

/// Something absent, and one that names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AbsentExample {
    /// What is absent.
    pub id: ResourceId,
    /// What names it.
    pub named_by: Example,
    /// In which field.
    pub field: &'static str,
}

/// An account's or Region's folder.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Folder {
    /// The account in its name.
    pub account: Option<AccountId>,
    /// The Region in its name.
    pub region: Option<Region>,
}

/// Why one of several copies was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Choice {
    /// It is the owner's, which sees all of it.
    Owner,
    /// They differ in tags only: each account has its own.
    TagsOnly,
    /// Each side of a peering tells of itself.
    BothSides,
    /// They differ in their status, which is unknown then.
    StatusUnknown,
    /// They differ in their entries, which are unknown then.
    EntriesUnknown,
}

impl Warning {
    /// Whether nothing is to be done about it: said only to who asks for more.
    pub fn is_note(&self) -> bool {
        match self {
            Self::Absent { elsewhere, .. } => *elsewhere,
            Self::SameName { .. } => true,
            Self::Copies { choice, .. } => {
                matches!(choice, Choice::Owner | Choice::TagsOnly | Choice::BothSides)
            }
            _ => false,
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NothingKnown { files } => write!(
                f,
                "none of the {files} files read holds a key such as `Vpcs`: everything will be undecided; save each \
                 reply whole, as in `aws ec2 describe-vpcs --output json > vpcs.json`"
            ),
            Self::OnePage { count, file, keys } => {
                write!(f, "`{file}`")?;
                match count.saturating_sub(1) {
                    0 => f.write_str(" is one page of several")?,
                    more => write!(f, " and {more} more are pages")?,
                }
                write!(
                    f,
                    ": what the snapshot lacks of {} is unknown; run the call again without `--no-paginate` and \
                     `--max-items`, or take the token away if all pages are here",
                    list(keys)
                )
            }
            Self::NotEverywhere { keys, count, folder } => {
                match count.saturating_sub(1) {
                    0 => write!(f, "{folder} lacks")?,
                    more => write!(f, "{folder} and {more} more lack")?,
                }
                write!(
                    f,
                    " {}, which other folders hold: what is absent of these is unknown",
                    list(keys)
                )
            }
            Self::Unread(unread) => match unread.keys.as_slice() {
                [] => f.write_str(&unread.told()),
                [key] => write!(f, "{}; what is absent of `{key}` there is unknown", unread.told()),
                _ => write!(f, "{}; what is absent there is unknown", unread.told()),
            },
            Self::Unwrapped {
                count,
                file,
                key,
                form,
            } => {
                write!(
                    f,
                    "`{key}` in `{file}` does not say what it belongs to and is not used; save it as `{form}`"
                )?;
                others(f, *count, "files")
            }
            Self::Misspelt {
                count,
                file,
                key,
                known,
            } => {
                write!(f, "`{key}` in `{file}` is not used; write `{known}`")?;
                others(f, *count, "files")
            }
            Self::NoListener { first, count } => {
                write!(
                    f,
                    "load balancer `{first}` has no listener in these files and counts as listening on nothing; if it has \
                     some, save what `aws elbv2 describe-listeners --load-balancer-arn` prints for it"
                )?;
                others(f, *count, "load balancers")
            }
            Self::HostBits {
                key,
                field,
                count,
                example,
                found,
            } => {
                write!(
                    f,
                    "`{found}` as `{field}` of {example} is read as `{}`",
                    found.trunc()
                )?;
                in_kind(f, *count, key)
            }
            Self::Absent {
                key,
                elsewhere,
                missing,
                references,
                examples,
            } => {
                let whose = if *elsewhere {
                    " of accounts that were not read"
                } else {
                    ""
                };
                let times = match references {
                    1 => String::from("once"),
                    more => format!("{more} times"),
                };
                write!(f, "in no file but named {times}: {missing} `{key}`{whose} (")?;
                for (index, example) in examples.iter().enumerate() {
                    let comma = if index == 0 { "" } else { ", " };
                    let AbsentExample { id, named_by, field } = example;
                    write!(f, "{comma}`{id}` by `{field}` of {named_by}")?;
                }
                if *missing > examples.len() {
                    write!(f, ", and {} more", missing - examples.len())?;
                }
                f.write_str("); what depends on them is unknown")
            }
            Self::Copies {
                key,
                choice,
                count,
                id,
                kept,
                other,
            } => {
                write!(f, "`{id}` differs in `{kept}` and `{other}`: {choice}")?;
                in_kind(f, *count, key)
            }
            Self::Unsettled {
                key,
                count,
                id,
                fields,
                first,
                second,
            } => {
                write!(
                    f,
                    "`{id}` differs in `{first}` and `{second}` ({}), neither of them its owner's: it is unknown; \
                     add the owner's copy",
                    list(fields)
                )?;
                in_kind(f, *count, key)
            }
            Self::ExtraRules { count, example } => {
                write!(
                    f,
                    "`SecurityGroupRules` tells of a rule that {example} lacks: it is not used, as the group itself \
                     lists all of them; save both at the same time"
                )?;
                in_kind(f, *count, "SecurityGroupRules")
            }
            Self::SameName {
                key,
                count,
                name,
                arn,
                other,
            } => {
                write!(
                    f,
                    "`{name}` is the name of several `{key}`: name them by ARN, as `{arn}` or `{other}`"
                )?;
                match count.saturating_sub(1) {
                    0 => Ok(()),
                    more => write!(f, " (and {more} more names)"),
                }
            }
            Self::Cut { key, count, example } => {
                write!(f, "the reply for {example} is cut off: it is unknown")?;
                in_kind(f, *count, key)
            }
            Self::OtherRegion {
                count,
                example,
                folder,
                zones,
            } => {
                write!(
                    f,
                    "{example} has subnets in `{zones}`, though its folder is called `{folder}`: `{zones}` is taken"
                )?;
                in_kind(f, *count, "Vpcs")
            }
        }
    }
}

/// Says how many more of a kind there are than the one that was shown.
fn in_kind(f: &mut fmt::Formatter<'_>, count: usize, key: &str) -> fmt::Result {
    match count.saturating_sub(1) {
        0 => Ok(()),
        more => write!(f, " (and {more} more in `{key}`)"),
    }
}

/// Says how many more there are than the one that was shown.
fn others(f: &mut fmt::Formatter<'_>, count: usize, of: &str) -> fmt::Result {
    match count.saturating_sub(1) {
        0 => Ok(()),
        more => write!(f, " (and {more} more {of})"),
    }
}

fn list<W: fmt::Display>(words: impl IntoIterator<Item = W>) -> String {
    let words: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    words.join(", ")
}

impl fmt::Display for Example {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` in `{}`", self.id, self.file)
    }
}

impl fmt::Display for Folder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.account, &self.region) {
            (Some(account), Some(region)) => write!(f, "`{region}` of account `{account}`"),
            (Some(account), None) => write!(f, "account `{account}`"),
            (None, Some(region)) => write!(f, "`{region}`"),
            (None, None) => f.write_str("the folder"),
        }
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Owner => "the first is its owner's and taken",
            Self::TagsOnly => "the first is taken, as only tags differ",
            Self::BothSides => "each side is taken from its own account",
            Self::StatusUnknown => "its status is unknown, as the two differ; save both at the same time",
            Self::EntriesUnknown => "its entries are unknown, as the two differ; save both at the same time",
        })
    }
}
