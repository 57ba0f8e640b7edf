//! Against an emulated AWS: moto for what it does as AWS does, a proxy before it for the rest and for faults.
//!
//! Verdicts never rest on what moto is known to do otherwise than AWS; those are tested on saved networks.

mod deployed;
mod doctor;
mod every_field;
mod faults;
mod fifo;
mod function;
pub(crate) mod harness;
mod import;
mod many_accounts;
mod ministack;
pub(crate) mod moto;
mod network;
mod pair;
mod policy;
pub(crate) mod proxy;
mod qualifier;
mod remembered;
mod runtime_api;
mod templates;
mod venv;
mod xml_pages;
