//! Resources by their tags.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::network::Kind;
use crate::network::id::{ResourceId, SubnetId};
use crate::paths::model::{End, EndForm};

use super::super::interface::Interface;
use super::end::{Hindrance, absent};
use super::resolver::Resolver;

impl Resolver<'_> {
    /// Every resource that carries the tags.
    pub(super) fn tagged(&mut self, end: &End) -> Result<Vec<Arc<Interface>>, Hindrance> {
        let EndForm::Tagged(selector) = &end.form else {
            return Ok(Vec::new());
        };
        let fits = |tags| selector.fits(tags);
        let wants = |kind: Kind| selector.kind.is_none_or(|wanted| wanted == kind);
        let world = self.world;
        let snapshot = world.snapshot;
        let mut found: BTreeMap<(ResourceId, SubnetId), Arc<Interface>> = BTreeMap::new();
        let mut add = |interface: Arc<Interface>| {
            found.insert((interface.id.clone(), interface.subnet.clone()), interface);
        };
        if wants(Kind::Instance) {
            let instances = world.tagged_instances(selector, snapshot).into_iter();
            let instances = instances.filter_map(|id| snapshot.instances.get(id));
            for instance in instances.filter(|instance| fits(&instance.tags)) {
                for interface in world.of_instance(instance.instance_id.as_str()) {
                    if self.in_scope(end, &interface.vpc) {
                        add(interface.clone());
                    }
                }
            }
        }
        if wants(Kind::NetworkInterface) {
            let enis = world.tagged_interfaces(selector, snapshot).into_iter();
            let enis = enis.filter_map(|id| snapshot.network_interfaces.get(id));
            for eni in enis.filter(|eni| fits(&eni.tag_set)) {
                if let Some(interface) = world.interface(&eni.network_interface_id)
                    && self.in_scope(end, &interface.vpc)
                {
                    add(interface.clone());
                }
            }
        }
        if wants(Kind::Subnet) {
            for subnet in snapshot.subnets.values().filter(|subnet| fits(&subnet.tags)) {
                if self.in_scope(end, &subnet.vpc_id) {
                    let id: ResourceId = (&subnet.subnet_id).into();
                    for interface in self.interfaces(end, &id)? {
                        add(interface);
                    }
                }
            }
        }
        if wants(Kind::Rds) {
            for database in snapshot
                .db_instances
                .values()
                .filter(|database| fits(&database.tags))
            {
                let id = database.db_instance_identifier.as_str().to_owned();
                let (current, standby) = self.database(&End {
                    form: EndForm::Rds(id),
                    ..end.clone()
                })?;
                current.into_iter().chain(standby).for_each(&mut add);
            }
        }
        if found.is_empty() {
            return Err(absent(end, None));
        }
        Ok(found.into_values().collect())
    }
}
