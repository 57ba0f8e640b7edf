//! In which VPCs a resource has a part, as far as the snapshots at hand tell.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::event::{Handle, TouchedResource, What};
use crate::network::id::{AccountId, Region, ResourceId, VpcId};
use crate::network::route_table::Route;
use crate::network::{Place, Snapshot};

/// What some snapshots tell of where resources are. Of several snapshots every place counts.
///
/// It is gathered when it is first asked for: an edit of rules names all that it touches.
#[derive(Debug)]
pub struct Places<'s> {
    snapshots: Vec<&'s Snapshot>,
    told: OnceCell<Told>,
}

#[derive(Debug, Default)]
struct Told {
    vpcs: BTreeMap<ResourceId, BTreeSet<VpcId>>,
    /// Associations and the like, by their ids.
    handles: BTreeMap<ResourceId, BTreeSet<ResourceId>>,
    /// What names a prefix list.
    lists: BTreeMap<ResourceId, BTreeSet<ResourceId>>,
    places: BTreeMap<VpcId, Place>,
    /// Accounts that own something in a VPC: a shared subnet's participants.
    accounts: BTreeMap<VpcId, BTreeSet<AccountId>>,
}

impl<'s> Places<'s> {
    /// Of these snapshots.
    pub fn of(snapshots: impl IntoIterator<Item = &'s Snapshot>) -> Self {
        Self {
            snapshots: snapshots.into_iter().collect(),
            told: OnceCell::new(),
        }
    }

    fn told(&self) -> &Told {
        self.told.get_or_init(|| {
            let mut told = Told::default();
            for snapshot in &self.snapshots {
                told.learn(snapshot);
            }
            told
        })
    }

    /// The VPCs in which a resource has a part.
    pub fn vpcs(&self, id: &str) -> Option<&BTreeSet<VpcId>> {
        self.told().vpcs.get(id)
    }

    /// What a resource of an event stands for: components, by an association's id; `None`: nothing at hand tells.
    pub fn resolve(&self, resource: &TouchedResource) -> Option<BTreeSet<ResourceId>> {
        match resource.what {
            What::Component(_) | What::Other => Some(BTreeSet::from([resource.id.clone()])),
            // The group is in the same event.
            What::Handle(Handle::SecurityGroupRule) => Some(BTreeSet::new()),
            What::Handle(_) => self.told().handles.get(&resource.id).cloned(),
        }
    }

    /// What names a prefix list.
    pub fn users_of_list(&self, list: &str) -> impl Iterator<Item = &ResourceId> {
        self.told().lists.get(list).into_iter().flatten()
    }

    /// Where a VPC is.
    pub fn place(&self, vpc: &VpcId) -> Option<&Place> {
        self.told().places.get(vpc)
    }

    /// Whether something in a VPC may be in that account and Region; what is not known may be.
    pub fn may_be_in(&self, vpc: &VpcId, account: Option<&AccountId>, region: Option<&Region>) -> bool {
        let place = self.told().places.get(vpc);
        let fits_region = match (region, place.and_then(|place| place.region.as_ref())) {
            (Some(asked), Some(known)) => asked == known,
            _ => true,
        };
        let fits_account = match (account, place.and_then(|place| place.account.as_ref())) {
            (Some(asked), Some(known)) => {
                asked == known
                    || self
                        .told()
                        .accounts
                        .get(vpc)
                        .is_some_and(|others| others.contains(asked))
            }
            _ => true,
        };
        fits_region && fits_account
    }
}

impl Told {
    fn put(&mut self, id: impl Into<ResourceId>, vpcs: impl IntoIterator<Item = VpcId>) {
        self.vpcs.entry(id.into()).or_default().extend(vpcs);
    }

    fn handle(&mut self, id: Option<&ResourceId>, stands_for: impl IntoIterator<Item = ResourceId>) {
        if let Some(id) = id {
            self.handles.entry(id.clone()).or_default().extend(stands_for);
        }
    }

    fn owner(&mut self, vpc: &VpcId, account: Option<&AccountId>) {
        if let Some(account) = account {
            self.accounts
                .entry(vpc.clone())
                .or_default()
                .insert(account.clone());
        }
    }

    fn learn(&mut self, snapshot: &Snapshot) {
        self.places.extend(
            snapshot
                .places
                .iter()
                .map(|(vpc, place)| (vpc.clone(), place.clone())),
        );
        self.learn_vpcs(snapshot);
        self.learn_rules(snapshot);
        self.learn_gateways(snapshot);
        self.learn_transit(snapshot);
    }

    fn learn_vpcs(&mut self, snapshot: &Snapshot) {
        for (id, vpc) in snapshot.vpcs.iter() {
            self.put(id, [id.clone()]);
            self.owner(id, vpc.owner_id.as_ref());
        }
        for (id, subnet) in snapshot.subnets.iter() {
            self.put(id, [subnet.vpc_id.clone()]);
            self.owner(&subnet.vpc_id, subnet.owner_id.as_ref());
        }
        for (id, interface) in snapshot.network_interfaces.iter() {
            self.put(id, [interface.vpc_id.clone()]);
            self.owner(&interface.vpc_id, interface.owner_id.as_ref());
            if let Some(instance) = interface
                .attachment
                .as_ref()
                .and_then(|at| at.instance_id.as_ref())
            {
                self.put(instance, [interface.vpc_id.clone()]);
            }
        }
        for (id, instance) in snapshot.instances.iter() {
            self.put(id, instance.vpc_id.clone());
        }
        for (arn, function) in snapshot.functions.iter() {
            let config = function.vpc_config.as_ref();
            let subnets = config.into_iter().flat_map(|config| &config.subnet_ids);
            let by_subnet = subnets
                .filter_map(|id| snapshot.subnets.get(id))
                .map(|subnet| subnet.vpc_id.clone());
            let vpcs: Vec<VpcId> = by_subnet
                .chain(config.and_then(|config| config.vpc_id.clone()))
                .collect();
            self.put(arn, vpcs);
        }
    }

    fn learn_rules(&mut self, snapshot: &Snapshot) {
        for (id, group) in snapshot.security_groups.iter() {
            self.put(id, group.vpc_id.clone());
            if let Some(vpc) = &group.vpc_id {
                self.owner(vpc, group.owner_id.as_ref());
            }
            let permissions = group.ip_permissions.iter().chain(&group.ip_permissions_egress);
            for list in permissions.flat_map(|permission| &permission.prefix_list_ids) {
                self.list((&list.prefix_list_id).into(), id.into());
            }
        }
        for (id, acl) in snapshot.network_acls.iter() {
            self.put(id, [acl.vpc_id.clone()]);
            for association in &acl.associations {
                let subnet = association.subnet_id.as_ref().map(ResourceId::from);
                let parts = subnet.into_iter().chain([id.into()]);
                self.handle(association.network_acl_association_id.as_ref(), parts);
            }
        }
        for (id, table) in snapshot.route_tables.iter() {
            self.put(id, [table.vpc_id.clone()]);
            for association in &table.associations {
                let subnet = association.subnet_id.as_ref().map(ResourceId::from);
                let parts = subnet
                    .into_iter()
                    .chain(association.gateway_id.clone())
                    .chain([id.into()]);
                self.handle(association.route_table_association_id.as_ref(), parts);
            }
            for list in table
                .routes
                .iter()
                .filter_map(|route: &Route| route.destination_prefix_list_id.as_ref())
            {
                self.list(list.into(), id.into());
            }
        }
    }

    fn list(&mut self, list: ResourceId, user: ResourceId) {
        self.lists.entry(list).or_default().insert(user);
    }

    fn learn_gateways(&mut self, snapshot: &Snapshot) {
        for (id, gateway) in snapshot.nat_gateways.iter() {
            self.put(id, [gateway.vpc_id.clone()]);
        }
        let attached = |attachments: &[crate::network::gateway::GatewayAttachment]| {
            attachments
                .iter()
                .filter_map(|at| at.vpc_id.clone())
                .collect::<Vec<_>>()
        };
        for (id, gateway) in snapshot.internet_gateways.iter() {
            self.put(id, attached(&gateway.attachments));
        }
        for (id, gateway) in snapshot.egress_only_internet_gateways.iter() {
            self.put(id, attached(&gateway.attachments));
        }
        for (id, gateway) in snapshot.vpn_gateways.iter() {
            self.put(id, attached(&gateway.vpc_attachments));
        }
        for (id, endpoint) in snapshot.vpc_endpoints.iter() {
            self.put(id, [endpoint.vpc_id.clone()]);
        }
        for (id, peering) in snapshot.vpc_peering_connections.iter() {
            let sides = [&peering.requester_vpc_info, &peering.accepter_vpc_info];
            self.put(
                id,
                sides.into_iter().flatten().filter_map(|side| side.vpc_id.clone()),
            );
        }
    }

    /// A transit gateway and all that hangs on it have a part in every VPC that is attached.
    fn learn_transit(&mut self, snapshot: &Snapshot) {
        let mut attached: BTreeMap<ResourceId, BTreeSet<VpcId>> = BTreeMap::new();
        for (id, attachment) in snapshot.transit_gateway_vpc_attachments.iter() {
            self.put(id, [attachment.vpc_id.clone()]);
            attached
                .entry((&attachment.transit_gateway_id).into())
                .or_default()
                .insert(attachment.vpc_id.clone());
        }
        let of = |gateway: &str| attached.get(gateway).cloned().unwrap_or_default();
        for (id, attachment) in snapshot.transit_gateway_attachments.iter() {
            self.put(id, of(attachment.transit_gateway_id.as_str()));
        }
        for (id, _) in snapshot.transit_gateways.iter() {
            self.put(id, of(id.as_str()));
        }
        for (id, table) in snapshot.transit_gateway_route_tables.iter() {
            self.put(id, of(table.transit_gateway_id.as_str()));
        }
    }
}
