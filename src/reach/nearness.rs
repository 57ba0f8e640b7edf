//! In which order many paths are looked at soonest: those whose ends are near each other ask the same rule sets and
//! interfaces, which the processor's caches then still hold. What is found of a path does not depend on it.

use crate::paths::model::{End, EndForm, RequiredPath};

use super::world::World;

/// Where a path's ends are, as far as a glance tells: by sorting it, neighbours come together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Nearness {
    source: Option<Place>,
    destination: Option<Place>,
}

/// A subnet, by its index, and an address in it.
type Place = (usize, Option<u128>);

impl Nearness {
    pub(crate) fn of(path: &RequiredPath, world: &World<'_>) -> Self {
        Self {
            source: place(&path.source, world),
            destination: place(&path.destination, world),
        }
    }
}

fn place(end: &End, world: &World<'_>) -> Option<Place> {
    let (subnet, address) = match &end.form {
        EndForm::Id(id) => {
            let of_instance = || world.of_instance(id.as_str()).next();
            let interface = world.interface(id.as_str()).or_else(of_instance)?;
            (&interface.subnet, interface.senders.v4.first())
        }
        EndForm::Lambda { function, .. } => {
            let arn = world.functions(function).next()?;
            let vpc = world.snapshot.functions.get(arn)?.vpc_config.as_ref()?;
            (vpc.subnet_ids.first()?, None)
        }
        EndForm::Workload { subnets, .. } => (subnets.first()?, None),
        _ => return None,
    };
    Some((world.subnets.get_index_of(subnet)?, address))
}
