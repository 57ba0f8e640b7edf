//! Zones: which is which, and by which of them a transit gateway is met.

use crate::network::id::{AvailabilityZone, AvailabilityZoneId};
use crate::network::snapshot::Snapshot;
use crate::network::state::ZoneType;

use super::code::Code;
use super::doubt::Doubt;
use super::world::Known;

/// A zone, by id and by name as far as they are told.
#[derive(Debug, Clone)]
pub(crate) struct Zone {
    pub(crate) id: Option<AvailabilityZoneId>,
    pub(crate) name: Option<AvailabilityZone>,
}

impl Zone {
    /// A zone of which anything is told.
    pub(crate) fn of(id: Option<&AvailabilityZoneId>, name: Option<&AvailabilityZone>) -> Option<Self> {
        (id.is_some() || name.is_some()).then(|| Self {
            id: id.cloned(),
            name: name.cloned(),
        })
    }

    /// Whether it can be told if both are one zone.
    pub(crate) fn compares_with(&self, other: &Self) -> bool {
        (self.id.is_some() && other.id.is_some()) || (self.name.is_some() && other.name.is_some())
    }

    /// Whether both are one zone. Ids decide where both have one: names mean another zone in another account.
    pub(crate) fn is(&self, other: &Self) -> bool {
        match (&self.id, &other.id) {
            (Some(a), Some(b)) => a == b,
            _ => self.name.is_some() && self.name == other.name,
        }
    }
}

/// Whether a zone's id is that of an Availability Zone: `use1-az1`, where that of a Local Zone is `use1-bos1-az1`.
fn is_availability_zone(id: &AvailabilityZoneId) -> bool {
    id.as_str().bytes().filter(|&byte| byte == b'-').count() == 1
}

/// The same by its name: `us-east-1a`, where that of a Local Zone is `us-east-1-bos-1a`.
fn is_name_of_availability_zone(name: &AvailabilityZone) -> bool {
    let mut parts = name.as_str().split('-');
    !parts.any(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The zone in which what is in a zone meets a transit gateway: a Local Zone counts as the Availability Zone that it hangs
/// on. <https://docs.aws.amazon.com/local-zones/latest/ug/local-zones-connectivity-transit-gateway-lzs.html>
pub(crate) fn transit_zone(zone: &Zone, snapshot: &Snapshot) -> Known<Zone> {
    const CALL: &str = "ec2:DescribeAvailabilityZones";
    let Some(id) = &zone.id else {
        return match &zone.name {
            Some(name) if !is_name_of_availability_zone(name) => {
                Err(Doubt::absent(name, "the parent of zone", CALL))
            }
            _ => Ok(zone.clone()),
        };
    };
    if is_availability_zone(id) {
        return Ok(zone.clone());
    }
    let described = snapshot.availability_zones.get(id);
    let described = described.ok_or_else(|| Doubt::absent(id, "the parent of zone", CALL))?;
    match (&described.zone_type, &described.parent_zone_id) {
        (Some(ZoneType::LocalZone), Some(parent)) => Ok(Zone {
            id: Some(parent.clone()),
            name: None,
        }),
        _ => {
            let message = format!("AWS does not say by which zone {id} meets a transit gateway");
            Err(Doubt::new(Code::UndocumentedBehaviour, id, message))
        }
    }
}

impl std::fmt::Display for Zone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = self.name.as_ref().map(AvailabilityZone::as_str);
        f.write_str(
            name.or(self.id.as_ref().map(AvailabilityZoneId::as_str))
                .unwrap_or("?"),
        )
    }
}
