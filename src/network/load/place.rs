//! Accounts and Regions in the names of folders and zones.

use crate::network::id::{AccountId, Region};

/// The account in a name: the last run of exactly twelve digits, as in `snapshots/111122223333/eu-west-1`.
pub(crate) fn account_in(name: &str) -> Option<AccountId> {
    name.split(|c: char| !c.is_ascii_digit())
        .rfind(|digits| digits.len() == 12)
        .map(AccountId::from)
}

/// The Region in a name: the last one, as in `prod_eu-west-1/vpcs.json`.
pub(crate) fn region_in(name: &str) -> Option<Region> {
    name.rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '-')
        .find_map(region_in_word)
}

/// The Region that a zone belongs to: `eu-west-1a`, the Local Zone `us-west-2-lax-1a` and the Wavelength Zone
/// `us-east-1-wl1-bos-wlz-1` begin with its name
/// (<https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html>).
pub(crate) fn region_of_zone(zone: &str) -> Option<Region> {
    let parts: Vec<&str> = zone.split('-').collect();
    region_at_start(&parts)
}

/// The Region and the account of an ARN: `arn:PARTITION:SERVICE:REGION:ACCOUNT:…`.
pub(crate) fn place_of_arn(arn: &str) -> (Option<Region>, Option<AccountId>) {
    let mut parts = arn.split(':').skip(3);
    let region = parts.next().filter(|region| !region.is_empty());
    let account = parts.next().filter(|account| !account.is_empty());
    (region.map(Region::from), account.map(AccountId::from))
}

fn region_in_word(word: &str) -> Option<Region> {
    let parts: Vec<&str> = word.split('-').collect();
    (0..parts.len()).find_map(|start| region_at_start(parts.get(start..)?))
}

/// `eu-west-1…`, `us-gov-west-1…`, `eusc-de-east-1…`: where, perhaps a partition, a direction, a number. Letters
/// behind the number are a zone's.
fn region_at_start(parts: &[&str]) -> Option<Region> {
    let (&first, rest) = parts.split_first()?;
    let is_word = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
    if !is_word(first) || !(first.len() == 2 || first == "eusc") {
        return None;
    }
    let (middle, numbered) = match rest {
        [direction, number, ..] if is_direction(direction) => (*direction, *number),
        [partition, direction, number, ..]
            if (is_word(partition) && partition.len() <= 4) && is_direction(direction) =>
        {
            let digits = leading_digits(number)?;
            return Some(
                format!("{first}-{partition}-{direction}-{digits}")
                    .as_str()
                    .into(),
            );
        }
        _ => return None,
    };
    let digits = leading_digits(numbered)?;
    Some(format!("{first}-{middle}-{digits}").as_str().into())
}

fn is_direction(part: &str) -> bool {
    matches!(
        part,
        "north"
            | "south"
            | "east"
            | "west"
            | "central"
            | "northeast"
            | "northwest"
            | "southeast"
            | "southwest"
    )
}

/// The number at the start of a Region's or a zone's last part: one or two digits, then at most one letter.
fn leading_digits(part: &str) -> Option<&str> {
    let end = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
    let (digits, rest) = part.split_at_checked(end)?;
    let is_zone = rest.is_empty() || (rest.len() == 1 && rest.bytes().all(|b| b.is_ascii_lowercase()));
    (matches!(digits.len(), 1 | 2) && is_zone).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_in_names_of_files_and_folders() {
        for (name, region) in [
            ("aws_configs/us-east-1/Vpcs.json", Some("us-east-1")),
            ("prod_eu-west-1/vpcs.json", Some("eu-west-1")),
            ("prod-us-east-1.json", Some("us-east-1")),
            ("eu-west-1/us-east-2", Some("us-east-2")),
            ("us-gov-west-1", Some("us-gov-west-1")),
            ("us-isob-east-1", Some("us-isob-east-1")),
            ("eusc-de-east-1", Some("eusc-de-east-1")),
            ("ap-southeast-2-2024-01-01", Some("ap-southeast-2")),
            ("111122223333-eu-central-1", Some("eu-central-1")),
            ("snapshot/vpcs.json", None),
            ("my-app-1", None),
            ("web-east-1", None),
            ("us-east-123456", None),
            ("", None),
            ("---", None),
        ] {
            assert_eq!(region_in(name), region.map(Region::from), "{name}");
        }
    }

    #[test]
    fn zones_of_every_sort() {
        for (zone, region) in [
            ("eu-west-1a", Some("eu-west-1")),
            ("us-gov-east-1c", Some("us-gov-east-1")),
            ("us-west-2-lax-1a", Some("us-west-2")),
            ("us-east-1-wl1-bos-wlz-1", Some("us-east-1")),
            ("euw1-az1", None),
            ("", None),
        ] {
            assert_eq!(region_of_zone(zone), region.map(Region::from), "{zone}");
        }
    }

    #[test]
    fn accounts_are_twelve_digits() {
        for (name, account) in [
            ("111122223333/eu-west-1", Some("111122223333")),
            ("aws-111122223333_prod", Some("111122223333")),
            ("1111222233334/x", None),
            ("20240101", None),
        ] {
            assert_eq!(account_in(name), account.map(AccountId::from), "{name}");
        }
    }

    #[test]
    fn arns_tell_both() {
        let (region, account) = place_of_arn("arn:aws:lambda:eu-west-1:111122223333:function:f");
        assert_eq!(region, Some("eu-west-1".into()));
        assert_eq!(account, Some("111122223333".into()));
        assert_eq!(place_of_arn("arn:aws:iam:::x"), (None, None));
        assert_eq!(place_of_arn("f"), (None, None));
    }
}
