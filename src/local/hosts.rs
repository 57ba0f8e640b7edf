//! Host names of the path file, resolved when paths are evaluated.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, ToSocketAddrs};

use crate::paths::model::{EndForm, RequiredPath};

/// The names that no address is pinned to.
pub fn unpinned(paths: &[RequiredPath]) -> BTreeSet<String> {
    let ends = paths.iter().flat_map(RequiredPath::ends);
    ends.filter_map(|end| match &end.form {
        EndForm::Host { name, pinned } if pinned.is_empty() => Some(name.clone()),
        _ => None,
    })
    .collect()
}

/// Resolves names as the system does; one that does not resolve is left out, and its paths are undecided. Blocks.
pub fn resolve(names: &BTreeSet<String>) -> BTreeMap<String, Vec<IpAddr>> {
    names
        .iter()
        .filter_map(|name| {
            let mut addresses: Vec<IpAddr> = (name.as_str(), 0)
                .to_socket_addrs()
                .ok()?
                .map(|address| address.ip())
                .collect();
            addresses.sort_unstable();
            addresses.dedup();
            Some((name.clone(), addresses))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_resolve_and_names_that_do_not() {
        let names = BTreeSet::from(["localhost".to_owned(), "no-such-host.invalid".to_owned()]);
        let hosts = resolve(&names);
        assert!(hosts["localhost"].iter().all(IpAddr::is_loopback));
        assert!(!hosts.contains_key("no-such-host.invalid"));
    }
}
