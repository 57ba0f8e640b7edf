//! Two instances, and a network ACL between them that lets SSH in: what the function watches in its tests.

use aws_config::SdkConfig;
use aws_sdk_ec2::types::{PortRange, RuleAction};
use serde_json::{Value, json};

use super::moto::REGION;

/// The instances stand in two subnets; the ACL is the second's, and has one entry each way.
pub(super) struct Pair {
    pub(super) config: SdkConfig,
    /// Whose they are.
    pub(super) account: String,
    pub(super) client: String,
    pub(super) server: String,
    pub(super) acl: String,
}

impl Pair {
    /// The path between them.
    pub(super) const NAME: &str = "client → files";

    /// Builds them where `config` leads.
    pub(super) async fn new(config: &SdkConfig, account: &str) -> Self {
        let ec2 = aws_sdk_ec2::Client::new(config);
        let vpc = ec2.create_vpc().cidr_block("10.77.0.0/16").send().await.unwrap();
        let vpc = vpc.vpc().unwrap().vpc_id().unwrap().to_owned();
        let mut subnets = Vec::new();
        for block in ["10.77.1.0/24", "10.77.2.0/24"] {
            let call = ec2
                .create_subnet()
                .vpc_id(&vpc)
                .cidr_block(block)
                .availability_zone("eu-west-1a");
            let subnet = call.send().await.unwrap();
            subnets.push(subnet.subnet().unwrap().subnet_id().unwrap().to_owned());
        }
        let group = ec2
            .create_security_group()
            .vpc_id(&vpc)
            .group_name("ssh")
            .description("ssh");
        let group = group.send().await.unwrap().group_id().unwrap().to_owned();
        let ingress = ec2
            .authorize_security_group_ingress()
            .group_id(&group)
            .ip_protocol("tcp");
        ingress
            .from_port(22)
            .to_port(22)
            .cidr_ip("10.77.0.0/16")
            .send()
            .await
            .unwrap();
        let mut instances = Vec::new();
        for subnet in &subnets {
            let run = ec2
                .run_instances()
                .image_id("ami-12c6146b")
                .min_count(1)
                .max_count(1);
            let run = run
                .subnet_id(subnet)
                .security_group_ids(&group)
                .send()
                .await
                .unwrap();
            instances.push(run.instances()[0].instance_id().unwrap().to_owned());
        }
        let acl = ec2.create_network_acl().vpc_id(&vpc).send().await.unwrap();
        let acl = acl.network_acl().unwrap().network_acl_id().unwrap().to_owned();
        let all = ec2.describe_network_acls().send().await.unwrap();
        let old = all
            .network_acls()
            .iter()
            .flat_map(aws_sdk_ec2::types::NetworkAcl::associations);
        let old = old
            .into_iter()
            .find(|association| association.subnet_id() == Some(&subnets[1]))
            .unwrap();
        let replace = ec2.replace_network_acl_association().network_acl_id(&acl);
        replace
            .association_id(old.network_acl_association_id().unwrap())
            .send()
            .await
            .unwrap();
        let pair = Self {
            config: config.clone(),
            account: account.to_owned(),
            client: instances[0].clone(),
            server: instances[1].clone(),
            acl,
        };
        pair.entry(true, 100, (1024, 65535)).await;
        pair.entry(false, 100, (22, 22)).await;
        pair
    }

    pub(super) async fn entry(&self, egress: bool, number: i32, (from, to): (i32, i32)) {
        aws_sdk_ec2::Client::new(&self.config)
            .create_network_acl_entry()
            .network_acl_id(&self.acl)
            .rule_number(number)
            .egress(egress)
            .protocol("6")
            .rule_action(RuleAction::Allow)
            .cidr_block("10.77.0.0/16")
            .port_range(PortRange::builder().from(from).to(to).build())
            .send()
            .await
            .unwrap();
    }

    pub(super) async fn delete_entry(&self) {
        let ec2 = aws_sdk_ec2::Client::new(&self.config);
        let call = ec2.delete_network_acl_entry().network_acl_id(&self.acl);
        call.rule_number(100).egress(false).send().await.unwrap();
    }

    pub(super) fn paths(&self) -> String {
        format!(
            "version: 1\npaths:\n  - name: client → files\n    source: {}\n    destination: {}\n    destinationPort: 22\n    severity: critical\n    owner: network-team\n",
            self.client, self.server
        )
    }

    /// EventBridge's event of the entry's deletion, as CloudTrail tells it.
    pub(super) fn deleted(&self, id: &str) -> Value {
        self.edited("DeleteNetworkAclEntry", id, json!({}))
    }

    pub(super) fn created(&self, id: &str) -> Value {
        let rule = json!({
            "ruleAction": "allow", "aclProtocol": "6", "cidrBlock": "10.77.0.0/16", "portRange": {"from": 22, "to": 22},
        });
        self.edited("CreateNetworkAclEntry", id, rule)
    }

    fn edited(&self, call: &str, id: &str, more: Value) -> Value {
        let mut request = json!({"networkAclId": self.acl, "ruleNumber": 100, "egress": false});
        request
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        json!({
            "version": "0", "id": id, "detail-type": "AWS API Call via CloudTrail", "source": "aws.ec2",
            "account": self.account, "time": "2026-11-25T03:00:00Z", "region": REGION, "resources": [],
            "detail": {
                "eventVersion": "1.11", "eventTime": "2026-11-25T03:00:00Z", "eventSource": "ec2.amazonaws.com",
                "eventName": call, "awsRegion": REGION, "sourceIPAddress": "192.0.2.10", "userAgent": "console.amazonaws.com",
                "eventID": id, "readOnly": false, "eventType": "AwsApiCall", "recipientAccountId": self.account,
                "userIdentity": {
                    "type": "AssumedRole", "principalId": "AROAEXAMPLE:mallory", "accountId": self.account,
                    "arn": format!("arn:aws:sts::{}:assumed-role/Admin/mallory", self.account),
                    "sessionContext": {"sessionIssuer": {
                        "type": "Role", "arn": format!("arn:aws:iam::{}:role/Admin", self.account), "userName": "Admin",
                    }},
                },
                "requestParameters": request, "responseElements": {"_return": true},
            },
        })
    }
}
