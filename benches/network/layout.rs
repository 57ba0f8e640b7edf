//! What there is in a network of a size, where it stands and what it is called.

use super::dice::Dice;

/// The kinds of subnet in each zone of a VPC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tier {
    /// Behind the internet gateway.
    Public,
    /// Behind the zone's NAT gateway.
    App,
    /// Without a way out.
    Data,
    /// As the applications, and no network ACL but the default one.
    Service,
}

impl Tier {
    pub(crate) const ALL: [Self; 4] = [Self::Public, Self::App, Self::Data, Self::Service];

    /// The port that its workloads serve.
    pub(crate) fn port(self) -> u16 {
        match self {
            Self::Public => 443,
            Self::App => 8080,
            Self::Data => 5432,
            Self::Service => 9443,
        }
    }
}

/// How large a network is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    pub(crate) vpcs: usize,
    pub(crate) zones: usize,
    pub(crate) interfaces: usize,
    /// Security groups.
    pub(crate) groups: usize,
    /// Inbound rules of each group.
    pub(crate) rules: usize,
    /// What everything is drawn from.
    pub(crate) seed: u64,
}

impl Size {
    pub(crate) const SMALL: Self = Self {
        vpcs: 2,
        zones: 2,
        interfaces: 120,
        groups: 40,
        rules: 10,
        seed: 7,
    };
    /// What the goals are set for.
    pub(crate) const GOAL: Self = Self {
        vpcs: 25,
        zones: 2,
        interfaces: 5_000,
        groups: 1_000,
        rules: 60,
        seed: 7,
    };

    pub(crate) fn subnets(self) -> usize {
        self.vpcs * self.zones * Tier::ALL.len()
    }

    /// For the names of benches and the captions of figures.
    pub(crate) fn label(self) -> String {
        format!(
            "{} interfaces, {} groups x {} rules, {} subnets in {} VPCs",
            self.interfaces,
            self.groups,
            self.rules,
            self.subnets(),
            self.vpcs
        )
    }

    /// A stream of random numbers for one thing that is drawn, so that one more interface leaves all others as they were.
    pub(crate) fn dice(self, what: &str, index: usize) -> Dice {
        let mut hash = self.seed;
        for byte in what.bytes().chain(index.to_le_bytes()) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        Dice::new(hash)
    }

    /// A subnet by its place.
    pub(crate) fn subnet(self, vpc: usize, tier: Tier, zone: usize) -> usize {
        (vpc * Tier::ALL.len() + tier as usize) * self.zones + zone
    }

    /// The place of a subnet.
    pub(crate) fn place(self, subnet: usize) -> (usize, Tier, usize) {
        let (zone, of_vpc) = (subnet % self.zones, subnet / self.zones);
        let tier = Tier::ALL[of_vpc % Tier::ALL.len()];
        (of_vpc / Tier::ALL.len(), tier, zone)
    }

    /// The subnet of an interface.
    pub(crate) fn subnet_of(self, interface: usize) -> usize {
        interface % self.subnets()
    }

    /// One of the interfaces of a tier in a VPC.
    pub(crate) fn interface(self, vpc: usize, tier: Tier, dice: &mut Dice) -> usize {
        let subnet = self.subnet(vpc, tier, dice.below(self.zones));
        subnet + self.subnets() * dice.below(self.interfaces / self.subnets())
    }

    /// How many groups a tier has in each VPC.
    pub(crate) fn groups_of_tier(self) -> usize {
        (self.groups / self.vpcs / Tier::ALL.len()).max(1)
    }

    /// A group by its place.
    pub(crate) fn group(self, vpc: usize, tier: Tier, index: usize) -> usize {
        (vpc * Tier::ALL.len() + tier as usize) * self.groups_of_tier() + index
    }

    /// The VPC and the tier of a group.
    pub(crate) fn place_of_group(self, group: usize) -> (usize, Tier) {
        let of_vpc = group / self.groups_of_tier();
        (of_vpc / Tier::ALL.len(), Tier::ALL[of_vpc % Tier::ALL.len()])
    }

    /// The groups of an interface: one or two of its tier.
    pub(crate) fn groups_of(self, interface: usize) -> Vec<usize> {
        let (vpc, tier, _) = self.place(self.subnet_of(interface));
        let mut dice = self.dice("groups of interface", interface);
        let mut groups = vec![self.group(vpc, tier, dice.below(self.groups_of_tier()))];
        if dice.chance(40) {
            groups.push(self.group(vpc, tier, dice.below(self.groups_of_tier())));
            groups.dedup();
        }
        groups
    }

    /// The VPC at the other end of the peering, if there is one: they are peered in pairs.
    pub(crate) fn peer(self, vpc: usize) -> Option<usize> {
        Some(vpc ^ 1).filter(|&peer| peer < self.vpcs)
    }
}

/// An id of AWS's look: a different one for every index, without a long beginning in common.
pub(crate) fn id(prefix: &str, index: usize) -> String {
    let mixed = (index as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    format!("{prefix}-0{:016x}", mixed ^ (mixed >> 32))
}

/// The network of a subnet, without the last byte.
pub(crate) fn prefix(size: Size, subnet: usize) -> String {
    let (vpc, tier, zone) = size.place(subnet);
    format!("10.{vpc}.{}", tier as usize * 16 + zone)
}

/// The private address of an interface.
pub(crate) fn address(size: Size, interface: usize) -> String {
    let host = 10 + interface / size.subnets();
    format!("{}.{host}", prefix(size, size.subnet_of(interface)))
}

/// The public address of an interface, if it has one.
pub(crate) fn public_address(size: Size, interface: usize) -> Option<String> {
    let (_, tier, _) = size.place(size.subnet_of(interface));
    (tier == Tier::Public).then(|| format!("198.51.{}.{}", interface / 250, interface % 250 + 1))
}
