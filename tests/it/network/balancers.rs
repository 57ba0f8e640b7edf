//! Load balancers with their nodes, listeners and targets.

use serde_json::{Value, json};

use super::{ACCOUNT, Network, REGION};

/// The ARN of a load balancer: `net/NAME`, `app/NAME`.
pub(crate) fn balancer_arn(kind_and_name: &str) -> String {
    format!("arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:loadbalancer/{kind_and_name}/00000000000000aa")
}

/// The ARN of a target group.
pub(crate) fn group_arn(name: &str) -> String {
    format!("arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:targetgroup/{name}/00000000000000bb")
}

/// The ARN of a load balancer's listener.
pub(crate) fn listener_arn(kind_and_name: &str, port: u16) -> String {
    format!(
        "arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:listener/{kind_and_name}/00000000000000aa/{port:016}"
    )
}

/// An action that forwards to a group.
pub(crate) fn forward(group: &str) -> Value {
    json!({"Type": "forward", "TargetGroupArn": group_arn(group)})
}

impl Network {
    /// An internal load balancer `net/NAME` or `app/NAME` with a node `eni-NAME-SUBNET` in each subnet.
    pub(crate) fn balancer(
        &mut self,
        kind_and_name: &str,
        nodes: &[(&str, &str)],
        groups: &[&str],
    ) -> &mut Self {
        let (kind, name) = kind_and_name.split_once('/').expect("a kind and a name");
        let is_network = kind == "net";
        let mut zones = Vec::new();
        let mut vpc = String::new();
        for (subnet, address) in nodes {
            vpc = self.vpc_of(subnet);
            let zone = self.get("Subnets", subnet)["AvailabilityZone"].clone();
            zones.push(json!({"ZoneName": zone, "SubnetId": subnet}));
            let eni = node_of(name, subnet);
            self.bare_interface(&eni, subnet, address, groups).set(
                "NetworkInterfaces",
                &eni,
                "Description",
                format!("ELB {kind}/{name}/00000000000000aa").into(),
            );
            if is_network {
                let kind = "network_load_balancer";
                self.set("NetworkInterfaces", &eni, "InterfaceType", kind.into());
            }
        }
        let arn = balancer_arn(kind_and_name);
        let word = if is_network { "network" } else { "application" };
        self.add(
            "LoadBalancers",
            json!({
                "LoadBalancerArn": arn, "LoadBalancerName": name, "Type": word, "Scheme": "internal", "VpcId": vpc,
                "State": {"Code": "active"}, "AvailabilityZones": zones, "SecurityGroups": groups,
                "IpAddressType": "ipv4",
            }),
        )
        .add(
            "LoadBalancerAttributes",
            json!({"LoadBalancerArn": arn, "Attributes": [
                {"Key": "load_balancing.cross_zone.enabled", "Value": if is_network { "false" } else { "true" }},
            ]}),
        )
    }

    /// A Classic Load Balancer with a node in each subnet, listening for TCP; cross-zone load balancing is on.
    pub(crate) fn classic_balancer(
        &mut self,
        name: &str,
        nodes: &[(&str, &str)],
        groups: &[&str],
        (port, instance_port): (u16, u16),
        instances: &[&str],
    ) -> &mut Self {
        let mut vpc = String::new();
        for (subnet, address) in nodes {
            vpc = self.vpc_of(subnet);
            let eni = node_of(name, subnet);
            self.bare_interface(&eni, subnet, address, groups).set(
                "NetworkInterfaces",
                &eni,
                "Description",
                format!("ELB {name}").into(),
            );
        }
        let subnets: Vec<&str> = nodes.iter().map(|(subnet, _)| *subnet).collect();
        let instances: Vec<Value> = instances.iter().map(|id| json!({"InstanceId": id})).collect();
        self.add(
            "LoadBalancerDescriptions",
            json!({
                "LoadBalancerName": name, "Scheme": "internal", "VPCId": vpc, "Subnets": subnets,
                "SecurityGroups": groups, "Instances": instances,
                "ListenerDescriptions": [{"Listener": {
                    "Protocol": "TCP", "LoadBalancerPort": port, "InstanceProtocol": "TCP",
                    "InstancePort": instance_port,
                }}],
            }),
        )
        .add(
            "LoadBalancerAttributes",
            json!({"LoadBalancerArn": name, "Attributes": [
                {"Key": "load_balancing.cross_zone.enabled", "Value": "true"},
            ]}),
        )
    }

    /// A listener with these default actions.
    pub(crate) fn listener(
        &mut self,
        kind_and_name: &str,
        protocol: &str,
        port: u16,
        actions: &[Value],
    ) -> &mut Self {
        let arn = listener_arn(kind_and_name, port).replace(":listener/", ":listener-rule/");
        self.add(
            "Rules",
            json!({
                "RuleArn": format!("{arn}/{:0>16}", "default"), "Priority": "default", "Actions": actions,
                "Conditions": [], "IsDefault": true,
            }),
        )
        .add(
            "Listeners",
            json!({
                "ListenerArn": listener_arn(kind_and_name, port), "LoadBalancerArn": balancer_arn(kind_and_name),
                "Port": port, "Protocol": protocol, "DefaultActions": actions,
            }),
        )
    }

    /// A rule of a listener.
    pub(crate) fn listener_rule(
        &mut self,
        kind_and_name: &str,
        port: u16,
        priority: &str,
        actions: &[Value],
    ) -> &mut Self {
        let listener = listener_arn(kind_and_name, port).replace(":listener/", ":listener-rule/");
        self.add(
            "Rules",
            json!({
                "RuleArn": format!("{listener}/{priority:0>16}"), "Priority": priority, "Actions": actions,
                "Conditions": [{"Field": "path-pattern", "Values": ["/x"]}], "IsDefault": false,
            }),
        )
    }

    /// Rules were read, but none of any listener here.
    pub(crate) fn listener_rules_of_others(&mut self) -> &mut Self {
        self.0.insert(String::from("Rules"), json!([]));
        self
    }

    /// A target group of a type (`instance`, `ip`, `lambda`, `alb`) with targets, each with its port.
    pub(crate) fn targets(
        &mut self,
        name: &str,
        vpc: &str,
        (kind, protocol): (&str, &str),
        targets: &[(&str, u16)],
    ) -> &mut Self {
        let arn = group_arn(name);
        let targets: Vec<Value> = targets
            .iter()
            .map(|(id, port)| json!({"Target": {"Id": id, "Port": port}, "TargetHealth": {"State": "healthy"}}))
            .collect();
        self.add(
            "TargetGroups",
            json!({
                "TargetGroupArn": arn, "TargetGroupName": name, "Protocol": protocol, "Port": 80, "VpcId": vpc,
                "TargetType": kind, "IpAddressType": "ipv4", "HealthCheckPort": "traffic-port",
            }),
        )
        .add("LoadBalancerTargetHealth", json!({"TargetGroupArn": arn, "TargetHealthDescriptions": targets}))
        .add("TargetGroupAttributes", json!({"TargetGroupArn": arn, "Attributes": []}))
    }

    /// A setting of a target group.
    pub(crate) fn group_setting(&mut self, name: &str, key: &str, value: &str) -> &mut Self {
        self.setting("TargetGroupAttributes", &group_arn(name), key, value)
    }

    /// A setting of a load balancer; of a Classic one by its name.
    pub(crate) fn balancer_setting(&mut self, id: &str, key: &str, value: &str) -> &mut Self {
        self.setting("LoadBalancerAttributes", id, key, value)
    }

    fn setting(&mut self, kind: &str, id: &str, key: &str, value: &str) -> &mut Self {
        self.edit(kind, id, |row| {
            let settings = row["Attributes"].as_array_mut().expect("a list");
            settings.retain(|setting| setting["Key"] != key);
            settings.push(json!({"Key": key, "Value": value}));
        })
    }
}

/// The interface of a load balancer's node.
pub(crate) fn node_of(name: &str, subnet: &str) -> String {
    format!("eni-{name}-{}", subnet.trim_start_matches("subnet-"))
}
