//! VPC Block Public Access, by mode and exclusion (semantics of the guide's table).
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html>

use hopwatch::network::Snapshot;
use hopwatch::network::load::{Source, merge, parse};
use hopwatch::reach::report::Verdict;
use hopwatch::reach::{Engine, Surroundings};

/// One public subnet with an instance and a NAT gateway, one private subnet that uses it.
const NETWORK: &str = r#"{
  "Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "OwnerId": "111122223333"}],
  "Subnets": [
    {"SubnetId": "subnet-pub", "VpcId": "vpc-1", "CidrBlock": "10.0.0.0/24", "AvailabilityZone": "eu-west-1a"},
    {"SubnetId": "subnet-prv", "VpcId": "vpc-1", "CidrBlock": "10.0.1.0/24", "AvailabilityZone": "eu-west-1a"}],
  "RouteTables": [
    {"RouteTableId": "rtb-pub", "VpcId": "vpc-1", "Associations": [{"Main": false, "SubnetId": "subnet-pub"}],
     "Routes": [{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local"}, {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1"}]},
    {"RouteTableId": "rtb-prv", "VpcId": "vpc-1", "Associations": [{"Main": true}],
     "Routes": [{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local"}, {"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1"}]}],
  "NetworkAcls": [{"NetworkAclId": "acl-1", "VpcId": "vpc-1", "IsDefault": true, "Associations": [], "Entries": [
    {"RuleNumber": 100, "Egress": true, "RuleAction": "allow", "Protocol": "-1", "CidrBlock": "0.0.0.0/0"},
    {"RuleNumber": 100, "Egress": false, "RuleAction": "allow", "Protocol": "-1", "CidrBlock": "0.0.0.0/0"}]}],
  "SecurityGroups": [{"GroupId": "sg-1", "VpcId": "vpc-1",
    "IpPermissions": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
    "IpPermissionsEgress": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]}],
  "NetworkInterfaces": [
    {"NetworkInterfaceId": "eni-1", "SubnetId": "subnet-pub", "VpcId": "vpc-1", "Groups": [{"GroupId": "sg-1"}], "Status": "in-use",
     "PrivateIpAddresses": [{"PrivateIpAddress": "10.0.0.10", "Primary": true, "Association": {"PublicIp": "198.51.100.10"}}]},
    {"NetworkInterfaceId": "eni-2", "SubnetId": "subnet-prv", "VpcId": "vpc-1", "Groups": [{"GroupId": "sg-1"}], "Status": "in-use",
     "PrivateIpAddresses": [{"PrivateIpAddress": "10.0.1.10", "Primary": true}]},
    {"NetworkInterfaceId": "eni-3", "SubnetId": "subnet-pub", "VpcId": "vpc-1", "InterfaceType": "nat_gateway", "Status": "in-use",
     "PrivateIpAddresses": [{"PrivateIpAddress": "10.0.0.20", "Primary": true, "Association": {"PublicIp": "198.51.100.20"}}]}],
  "Reservations": [],
  "NatGateways": [{"NatGatewayId": "nat-1", "VpcId": "vpc-1", "SubnetId": "subnet-pub", "State": "available",
    "NatGatewayAddresses": [{"PrivateIp": "10.0.0.20", "PublicIp": "198.51.100.20", "NetworkInterfaceId": "eni-3"}]}],
  "InternetGateways": [{"InternetGatewayId": "igw-1", "Attachments": [{"VpcId": "vpc-1", "State": "available"}]}]
}"#;

/// A mode, exclusions by subnet, and what becomes of: an interface outward, inward, and through a NAT gateway.
type Line = (
    &'static str,
    &'static [(&'static str, &'static str)],
    [Verdict; 3],
);

fn snapshot(mode: &str, exclusions: &[(&str, &str)]) -> Snapshot {
    let options = format!(
        r#"{{"VpcBlockPublicAccessOptions": {{"AwsAccountId": "111122223333", "AwsRegion": "eu-west-1", "State": "update-complete",
            "InternetGatewayBlockMode": "{mode}"}}}}"#
    );
    let rows: Vec<String> = exclusions
        .iter()
        .map(|(what, allows)| {
            format!(
                r#"{{"ExclusionId": "vpcbpa-exclude-{what}", "InternetGatewayExclusionMode": "{allows}", "State": "create-complete",
                    "ResourceArn": "arn:aws:ec2:eu-west-1:111122223333:subnet/{what}"}}"#
            )
        })
        .collect();
    let exclusions = format!(r#"{{"VpcBlockPublicAccessExclusions": [{}]}}"#, rows.join(","));
    let parts = [
        ("network.json", NETWORK),
        ("options.json", &options),
        ("exclusions.json", &exclusions),
    ];
    let documents = parts.map(|(name, text)| {
        parse(
            Source {
                name: name.into(),
                ..Source::default()
            },
            text.as_bytes(),
        )
        .unwrap()
    });
    merge(documents.into()).unwrap().snapshot
}

fn verdicts(mode: &str, exclusions: &[(&str, &str)]) -> [Verdict; 3] {
    verdicts_of(&snapshot(mode, exclusions))
}

fn verdicts_of(snapshot: &Snapshot) -> [Verdict; 3] {
    let text = r"
version: 1
paths:
  - { name: out, source: eni-1, destination: { ip: 203.0.113.7 }, destinationPort: 443 }
  - { name: in, source: internet, destination: eni-1, destinationPort: 443 }
  - { name: nat, source: eni-2, destination: { ip: 203.0.113.7 }, destinationPort: 443 }
";
    let file = hopwatch::paths::read(text, "paths.yaml", None).unwrap().file;
    let engine = Engine::new(snapshot, Surroundings::default());
    let said: Vec<Verdict> = file
        .paths
        .iter()
        .map(|path| engine.assess(path).verdict)
        .collect();
    said.try_into().unwrap()
}

#[test]
fn each_mode_and_exclusion_does_what_the_guide_says() {
    use Verdict::{Blocked, Reachable, Undecided};
    const BOTH: &str = "allow-bidirectional";
    const EGRESS: &str = "allow-egress";
    let lines: &[Line] = &[
        ("off", &[], [Reachable, Reachable, Reachable]),
        ("block-ingress", &[], [Blocked, Blocked, Reachable]),
        (
            "block-ingress",
            &[("subnet-pub", EGRESS)],
            [Blocked, Blocked, Reachable],
        ),
        (
            "block-ingress",
            &[("subnet-pub", BOTH)],
            [Reachable, Reachable, Reachable],
        ),
        ("block-bidirectional", &[], [Blocked, Blocked, Blocked]),
        (
            "block-bidirectional",
            &[("subnet-pub", EGRESS), ("subnet-prv", EGRESS)],
            [Undecided, Blocked, Reachable],
        ),
        (
            "block-bidirectional",
            &[("subnet-pub", BOTH), ("subnet-prv", BOTH)],
            [Reachable, Reachable, Reachable],
        ),
        (
            "block-bidirectional",
            &[("subnet-pub", BOTH)],
            [Reachable, Reachable, Undecided],
        ),
    ];
    for (mode, exclusions, expected) in lines {
        assert_eq!(verdicts(mode, exclusions), *expected, "{mode} {exclusions:?}");
    }
}

#[test]
fn an_exclusion_that_is_no_more_hides_none_that_is() {
    let both = [
        ("subnet-pub", "allow-bidirectional"),
        ("subnet-prv", "allow-bidirectional"),
    ];
    for state in ["delete-complete", "create-failed", "disable-complete"] {
        let mut snapshot = snapshot("block-bidirectional", &both);
        let over = serde_json::json!({"ExclusionId": "vpcbpa-exclude-0", "State": state,
            "InternetGatewayExclusionMode": "allow-egress",
            "ResourceArn": "arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-pub"});
        let id = hopwatch::network::id::ResourceId::from("vpcbpa-exclude-0");
        let over = serde_json::from_value(over).unwrap();
        (snapshot.block_public_access_exclusions).insert(id, over);
        assert_eq!(verdicts_of(&snapshot), [Verdict::Reachable; 3], "{state}");
    }
}
