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

/// A subnet, and one of its interfaces, each by its index.
type Place = (usize, Option<usize>);

impl Nearness {
    pub(crate) fn of(path: &RequiredPath, world: &World<'_>) -> Self {
        Self {
            source: place(&path.source, world),
            destination: place(&path.destination, world),
        }
    }
}

fn place(end: &End, world: &World<'_>) -> Option<Place> {
    let (subnet, interface) = match &end.form {
        EndForm::Id(id) => {
            let index = world.index_of(id)?;
            (&world.interfaces.get(index)?.subnet, Some(index))
        }
        EndForm::Lambda { function, .. } => {
            let arn = world.functions(function).next()?;
            let vpc = world.snapshot.functions.get(arn)?.vpc_config.as_ref()?;
            (vpc.subnet_ids.first()?, None)
        }
        EndForm::Workload { subnets, .. } => (subnets.first()?, None),
        _ => return None,
    };
    Some((world.subnets.get_index_of(subnet)?, interface))
}
