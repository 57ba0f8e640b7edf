//! Interfaces and instances.

use serde_json::{Value, json};

use super::shapes::is_v6;
use super::{ACCOUNT, Network};

impl Network {
    /// An interface `eni-NAME` of a running instance `i-NAME`, with its VPC's open group.
    pub(crate) fn interface(&mut self, id: &str, subnet: &str, address: &str) -> &mut Self {
        let vpc = self.vpc_of(subnet);
        let open = format!("sg-open-{}", vpc.trim_start_matches("vpc-"));
        self.interface_in(id, subnet, address, &[&open])
    }

    /// The same, with these groups.
    pub(crate) fn interface_in(
        &mut self,
        id: &str,
        subnet: &str,
        address: &str,
        groups: &[&str],
    ) -> &mut Self {
        let instance = format!("i-{}", id.trim_start_matches("eni-"));
        self.bare_interface(id, subnet, address, groups)
            .set(
                "NetworkInterfaces",
                id,
                "Attachment",
                json!({"InstanceId": instance, "DeviceIndex": 0, "Status": "attached"}),
            )
            .instance(&instance)
    }

    /// An instance that runs.
    pub(crate) fn instance(&mut self, id: &str) -> &mut Self {
        self.add(
            "Reservations",
            json!({
                "ReservationId": format!("r-{id}"), "OwnerId": ACCOUNT,
                "Instances": [{"InstanceId": id, "State": {"Name": "running"}, "PlatformDetails": "Linux/UNIX"}],
            }),
        )
    }

    /// The state of an instance.
    pub(crate) fn instance_state(&mut self, id: &str, state: &str) -> &mut Self {
        self.edit("Reservations", &format!("r-{id}"), |r| {
            r["Instances"][0]["State"]["Name"] = state.into();
        })
    }

    /// An interface that a service made.
    pub(crate) fn bare_interface(
        &mut self,
        id: &str,
        subnet: &str,
        address: &str,
        groups: &[&str],
    ) -> &mut Self {
        let vpc = self.vpc_of(subnet);
        let zone = self.get("Subnets", subnet)["AvailabilityZone"].clone();
        let groups: Vec<Value> = groups.iter().map(|g| json!({"GroupId": g})).collect();
        let mut interface = json!({
            "NetworkInterfaceId": id, "SubnetId": subnet, "VpcId": vpc, "OwnerId": ACCOUNT, "AvailabilityZone": zone,
            "InterfaceType": "interface", "Status": "in-use", "SourceDestCheck": true, "Groups": groups,
            "PrivateIpAddresses": [], "Ipv6Addresses": [],
        });
        if is_v6(address) {
            interface["Ipv6Addresses"] = json!([{"Ipv6Address": address}]);
        } else {
            interface["PrivateIpAddress"] = address.into();
            interface["PrivateIpAddresses"] = json!([{"PrivateIpAddress": address, "Primary": true}]);
        }
        self.add("NetworkInterfaces", interface)
    }

    /// A further address of an interface.
    pub(crate) fn address(&mut self, interface: &str, address: &str) -> &mut Self {
        self.edit("NetworkInterfaces", interface, |i| {
            if is_v6(address) {
                i["Ipv6Addresses"]
                    .as_array_mut()
                    .expect("a list")
                    .push(json!({"Ipv6Address": address}));
            } else {
                i["PrivateIpAddresses"]
                    .as_array_mut()
                    .expect("a list")
                    .push(json!({"PrivateIpAddress": address, "Primary": false}));
            }
        })
    }

    /// The public address of an interface's primary one.
    pub(crate) fn public(&mut self, interface: &str, address: &str) -> &mut Self {
        self.edit("NetworkInterfaces", interface, |i| {
            let association = json!({"PublicIp": address, "IpOwnerId": "amazon"});
            i["PrivateIpAddresses"][0]["Association"] = association.clone();
            i["Association"] = association;
        })
    }
}
