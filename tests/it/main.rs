//! Integration tests, in one crate: every test binary links everything.

mod cases;
