//! Network Firewalls: endpoints, policies, rule groups.

use serde_json::{Value, json};

use super::{ACCOUNT, Network, REGION};

/// The ARN of a part of Network Firewall: `firewall/edge`, `firewall-policy/edge`, `stateful-rulegroup/web`.
pub(crate) fn firewall_arn(part_and_name: &str) -> String {
    format!("arn:aws:network-firewall:{REGION}:{ACCOUNT}:{part_and_name}")
}

/// A stateless rule: from and to blocks, of protocols, to ports; empty: any.
pub(crate) fn stateless_rule(
    priority: u32,
    action: &str,
    [from, to]: [&[&str]; 2],
    protocols: &[u8],
    ports: &[(u16, u16)],
) -> Value {
    let addresses = |blocks: &[&str]| -> Vec<Value> {
        blocks
            .iter()
            .map(|block| json!({"AddressDefinition": block}))
            .collect()
    };
    let ports: Vec<Value> = ports
        .iter()
        .map(|(from, to)| json!({"FromPort": from, "ToPort": to}))
        .collect();
    json!({
        "RuleDefinition": {
            "MatchAttributes": {
                "Sources": addresses(from), "Destinations": addresses(to), "Protocols": protocols,
                "DestinationPorts": ports,
            },
            "Actions": [action],
        },
        "Priority": priority,
    })
}

/// A stateful rule, from any port, one way.
pub(crate) fn stateful_rule(action: &str, protocol: &str, from: &str, to: &str, port: &str) -> Value {
    json!({
        "Action": action,
        "Header": {
            "Protocol": protocol, "Source": from, "SourcePort": "ANY", "Direction": "FORWARD",
            "Destination": to, "DestinationPort": port,
        },
        "RuleOptions": [{"Keyword": "sid", "Settings": ["1"]}],
    })
}

impl Network {
    /// A firewall in the VPC of its endpoints' subnets, with a policy of its name that forwards everything to a stateful
    /// engine without rules, in action order.
    pub(crate) fn firewall(&mut self, name: &str, endpoints: &[(&str, &str)]) -> &mut Self {
        let mut states = json!({});
        let mut vpc = String::new();
        for (n, (endpoint, subnet)) in endpoints.iter().enumerate() {
            self.balancer_endpoint(endpoint, subnet);
            vpc = self.vpc_of(subnet);
            states[format!("{REGION}{n}")] = json!({
                "Attachment": {"SubnetId": subnet, "EndpointId": endpoint, "Status": "READY"},
            });
        }
        let policy = firewall_arn(&format!("firewall-policy/{name}"));
        self.add(
            "Firewalls",
            json!({
                "Firewall": {
                    "FirewallName": name, "FirewallArn": firewall_arn(&format!("firewall/{name}")),
                    "FirewallPolicyArn": policy, "VpcId": vpc,
                },
                "FirewallStatus": {
                    "Status": "READY", "ConfigurationSyncStateSummary": "IN_SYNC", "SyncStates": states,
                },
            }),
        )
        .add(
            "FirewallPolicies",
            json!({
                "FirewallPolicyResponse": {"FirewallPolicyName": name, "FirewallPolicyArn": policy},
                "FirewallPolicy": {
                    "StatelessDefaultActions": ["aws:forward_to_sfe"],
                    "StatelessFragmentDefaultActions": ["aws:drop"],
                    "StatelessRuleGroupReferences": [], "StatefulRuleGroupReferences": [],
                },
            }),
        )
    }

    /// Changes a firewall, its policy, or a rule group: what is printed of the one with that name.
    pub(crate) fn edit_described(
        &mut self,
        kind: &str,
        name: &str,
        change: impl FnOnce(&mut Value),
    ) -> &mut Self {
        let (inner, field) = match kind {
            "Firewalls" => ("Firewall", "FirewallName"),
            "FirewallPolicies" => ("FirewallPolicyResponse", "FirewallPolicyName"),
            "RuleGroups" => ("RuleGroupResponse", "RuleGroupName"),
            other => panic!("no kind `{other}`"),
        };
        let list = self.0[kind].as_array_mut().expect("a list");
        let found = list.iter_mut().find(|v| v[inner][field] == name);
        change(found.unwrap_or_else(|| panic!("no {name} among {kind}")));
        self
    }

    /// Sets a field of a policy.
    pub(crate) fn policy(&mut self, name: &str, field: &str, value: Value) -> &mut Self {
        self.edit_described("FirewallPolicies", name, |row| {
            row["FirewallPolicy"][field] = value;
        })
    }

    /// Strict order, with what becomes of the rest.
    pub(crate) fn strict(&mut self, policy: &str, defaults: &[&str]) -> &mut Self {
        self.policy(
            policy,
            "StatefulEngineOptions",
            json!({"RuleOrder": "STRICT_ORDER"}),
        )
        .policy(policy, "StatefulDefaultActions", defaults.into())
    }

    /// A stateless rule group of a policy.
    pub(crate) fn stateless_group(
        &mut self,
        policy: &str,
        name: &str,
        priority: u32,
        rules: &[Value],
    ) -> &mut Self {
        let arn = firewall_arn(&format!("stateless-rulegroup/{name}"));
        let source =
            json!({"StatelessRulesAndCustomActions": {"StatelessRules": rules, "CustomActions": []}});
        self.edit_described("FirewallPolicies", policy, |row| {
            let list = &mut row["FirewallPolicy"]["StatelessRuleGroupReferences"];
            let list = list.as_array_mut().expect("a list");
            list.push(json!({"ResourceArn": arn, "Priority": priority}));
        })
        .rule_group(&arn, name, source)
    }

    /// A stateful rule group of a policy, by what it holds: `StatefulRules`, `RulesString`, `RulesSourceList`.
    pub(crate) fn stateful_group(
        &mut self,
        policy: &str,
        name: &str,
        priority: u32,
        source: Value,
    ) -> &mut Self {
        let arn = firewall_arn(&format!("stateful-rulegroup/{name}"));
        self.reference(policy, &arn, priority)
            .rule_group(&arn, name, source)
    }

    /// Names a stateful rule group in a policy.
    pub(crate) fn reference(&mut self, policy: &str, arn: &str, priority: u32) -> &mut Self {
        self.edit_described("FirewallPolicies", policy, |row| {
            let list = &mut row["FirewallPolicy"]["StatefulRuleGroupReferences"];
            let list = list.as_array_mut().expect("a list");
            list.push(json!({"ResourceArn": arn, "Priority": priority}));
        })
    }

    fn rule_group(&mut self, arn: &str, name: &str, source: Value) -> &mut Self {
        self.add(
            "RuleGroups",
            json!({
                "RuleGroupResponse": {"RuleGroupName": name, "RuleGroupArn": arn},
                "RuleGroup": {"RulesSource": source},
            }),
        )
    }
}
