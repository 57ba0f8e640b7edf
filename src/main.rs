//! `hopwatch`, the command line.

fn main() {}
