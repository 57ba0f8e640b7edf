//! The ports that systems send from.

use crate::network::interface::Instance;

use super::ranges::Ranges;

/// Of most systems that are not AWS's own, and of those of which nothing is known.
pub(crate) fn any() -> Ranges<u16> {
    Ranges::span(1024, u16::MAX)
}

/// <https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html>
pub(crate) fn linux() -> Ranges<u16> {
    Ranges::span(32768, 60999)
}

/// The same page, Windows Server 2008 and later.
fn windows() -> Ranges<u16> {
    Ranges::span(49152, u16::MAX)
}

/// Of an instance.
pub(crate) fn of(instance: &Instance) -> Ranges<u16> {
    let says_windows = |text: &Option<String>| {
        text.as_deref()
            .is_some_and(|text| text.to_ascii_lowercase().contains("windows"))
    };
    if says_windows(&instance.platform) || says_windows(&instance.platform_details) {
        windows()
    } else {
        linux()
    }
}
