//! Who is blamed, and who is not.

use hopwatch::alert::{Alert, Blame, Certainty};
use hopwatch::event::Change;
use hopwatch::network::Snapshot;
use hopwatch::network::interface::NetworkInterface;
use hopwatch::network::load::{Source, merge, parse};
use jiff::SignedDuration;
use serde_json::json;

use super::stage::{ACL, Stage, acl, entry, event};

fn blame(alerts: &[Alert]) -> Option<&Blame> {
    alerts.first().and_then(|alert| alert.blame.as_ref())
}

#[test]
fn the_change_without_which_it_would_work_is_sure() {
    let mut stage = Stage::up();
    let change = stage.break_it();
    let alerts = stage.events(&[change]);
    let blame = blame(&alerts).unwrap();
    assert_eq!(blame.certainty, Certainty::Sure);
    assert_eq!(
        blame.evidence.as_deref(),
        Some("with that entry back, the path is reachable")
    );
    let fix = alerts[0].fix.as_ref().unwrap();
    assert!(
        fix.verified && fix.command.contains("--rule-number 130"),
        "{fix:?}"
    );
    assert!(
        fix.command.contains("--cidr-block 198.51.100.0/24"),
        "the entry as it was: {fix:?}"
    );
}

#[test]
fn the_last_good_trace_is_enough_without_a_snapshot_before() {
    let mut stage = Stage::up();
    let change = stage.break_it();
    stage.before = None;
    let alerts = stage.events(&[change]);
    assert_eq!(blame(&alerts).map(|blame| blame.certainty), Some(Certainty::Sure));
}

#[test]
fn an_entry_that_denies_is_taken_back() {
    let mut stage = Stage::up();
    stage.before = Some(stage.network.clone());
    let mut deny = entry(90, true, 22, "0.0.0.0/0");
    deny.rule_action = "deny".into();
    let change = stage.create_entry(deny);
    let alerts = stage.events(&[change]);
    assert_eq!(blame(&alerts).map(|blame| blame.certainty), Some(Certainty::Sure));
    let command = &alerts[0].fix.as_ref().unwrap().command;
    assert_eq!(
        command,
        &format!(
            "aws ec2 delete-network-acl-entry --network-acl-id {ACL} --egress --rule-number 90 --region eu-west-1"
        )
    );
}

#[test]
fn two_that_were_needed_together() {
    let mut stage = Stage::up();
    acl(&mut stage.network)
        .entries
        .push(entry(140, true, 22, "198.51.100.22/32"));
    assert_eq!(stage.sweep(), []);
    let before = stage.network.clone();
    let first = stage.delete_entry(130, true);
    stage.pass(SignedDuration::from_secs(3));
    let second = stage.delete_entry(140, true);
    // Either alone carries the path; one with both gone needs either back: the newest is what broke it.
    stage.before = Some(before.clone());
    let alerts = stage.events(&[first, second]);
    let told = blame(&alerts).unwrap();
    assert_eq!((told.certainty, told.others), (Certainty::Sure, 0));
    assert!(told.summary.contains("rule 140"), "{told:?}");

    let mut stage = Stage::up();
    let before = stage.network.clone();
    let inbound = stage.delete_entry(130, false);
    stage.pass(SignedDuration::from_secs(3));
    let outbound = stage.delete_entry(130, true);
    stage.before = Some(before);
    let alerts = stage.events(&[inbound, outbound]);
    let told = blame(&alerts).unwrap();
    assert_eq!(
        (told.certainty, told.others),
        (Certainty::Sure, 1),
        "either breaks it: {told:?}"
    );
    // It was broken from the first on.
    assert!(told.summary.contains("rule 130 ingress"), "{told:?}");
    assert_eq!(Some(alerts[0].paths[0].since), told.time);
}

#[test]
fn what_was_created_in_the_place_of_what_was_deleted_is_not_to_blame() {
    let mut stage = Stage::up();
    let before = stage.network.clone();
    let deleted = stage.delete_entry(130, true);
    stage.pass(SignedDuration::from_secs(3));
    let mut created = stage.create_entry(entry(130, true, 25, "198.51.100.0/24"));
    created.actor = event("CreateTags", json!({}), stage.now, 77, "alice").actor;
    stage.before = Some(before);
    let alerts = stage.events(&[deleted, created]);
    let told = blame(&alerts).unwrap();
    assert!(told.actor.starts_with("jo.example"), "{told:?}");
    assert_eq!(told.certainty, Certainty::Sure);
    // The number is taken: the entry cannot come back as it was.
    let fix = alerts[0].fix.as_ref().unwrap();
    assert!(!fix.command.contains("--rule-number 130"), "{fix:?}");
}

#[test]
fn a_call_that_edits_no_rule_is_not_blamed_for_one() {
    for (name, request) in [
        (
            "CreateTags",
            json!({"resourcesSet": {"items": [{"resourceId": ACL}]}, "tagSet": {"items": [{"key": "a", "value": "b"}]}}),
        ),
        ("ReplaceNetworkAclAssociation", json!({"networkAclId": ACL})),
    ] {
        for has_before in [true, false] {
            let mut stage = Stage::up();
            stage.break_it();
            if !has_before {
                stage.before = None;
            }
            let mut change = event(name, request.clone(), stage.now, 901, "alice");
            change.edit = None;
            let alerts = stage.events(&[change]);
            let told = blame(&alerts);
            assert!(
                told.is_none_or(|told| told.certainty == Certainty::Likely),
                "{told:?}"
            );
            assert!(told.is_none() || name != "CreateTags", "{told:?}");
        }
    }
}

#[test]
fn the_guilty_one_is_found_among_many() {
    for many in [20, 60] {
        let mut stage = Stage::up();
        let before = stage.network.clone();
        let mut changes = vec![stage.delete_entry(130, true)];
        for number in 0..many {
            stage.pass(SignedDuration::from_secs(1));
            let mut harmless = stage.create_entry(entry(200 + number, true, 8443, "203.0.113.0/24"));
            harmless.actor = event("CreateTags", json!({}), stage.now, 77, "alice").actor;
            changes.push(harmless);
        }
        stage.before = Some(before);
        let alerts = stage.events(&changes);
        match blame(&alerts) {
            Some(told) => assert!(told.actor.starts_with("jo.example"), "{told:?}"),
            // Not all can be tried: then nobody is named.
            None => assert!(many > 40),
        }
    }
}

#[test]
fn who_turns_public_access_off_is_found() {
    let mut stage = Stage::up();
    let mode = |mode: &str| {
        serde_json::from_value(json!({"AwsAccountId": "111122223333", "AwsRegion": "eu-west-1",
            "State": "update-complete", "InternetGatewayBlockMode": mode}))
        .unwrap()
    };
    let scope = hopwatch::network::id::ResourceId::from("111122223333/eu-west-1");
    (stage.network.block_public_access_options).insert(scope.clone(), mode("off"));
    stage.network.block_public_access_exclusions.set_known();
    stage.before = Some(stage.network.clone());
    (stage.network.block_public_access_options).insert(scope, mode("block-bidirectional"));
    let change = stage.event(
        "ModifyVpcBlockPublicAccessOptions",
        json!({"ModifyVpcBlockPublicAccessOptionsRequest": {"InternetGatewayBlockMode": "block-bidirectional"}}),
    );
    let alerts = stage.events(&[change]);
    assert_eq!(blame(&alerts).map(|blame| blame.certainty), Some(Certainty::Sure));
    let reason = &alerts[0].cause.as_ref().unwrap().message;
    assert!(reason.starts_with("VPC Block Public Access"), "{reason}");
}

#[test]
fn a_route_is_taken_back_as_it_was() {
    let mut stage = Stage::up();
    let before = stage.network.clone();
    let (table, nat) = stage
        .network
        .route_tables
        .iter()
        .find_map(|(id, table)| {
            let route = table.routes.iter().find_map(|route| route.nat_gateway_id.clone());
            Some((id.clone(), route?))
        })
        .unwrap();
    let routes = &mut stage.network.route_tables.get_mut(&table).unwrap().routes;
    routes.retain(|route| route.nat_gateway_id.is_none());
    let change = stage.event(
        "DeleteRoute",
        json!({"routeTableId": table.as_str(), "destinationCidrBlock": "0.0.0.0/0"}),
    );
    stage.before = Some(before);
    let alerts = stage.events(&[change]);
    assert_eq!(blame(&alerts).map(|blame| blame.certainty), Some(Certainty::Sure));
    assert_eq!(
        alerts[0].fix.as_ref().unwrap().command,
        format!(
            "aws ec2 create-route --route-table-id {table} --destination-cidr-block 0.0.0.0/0 --nat-gateway-id {nat} --region eu-west-1"
        )
    );
    // Its subnet is given the main table.
    let mut stage = Stage::up();
    stage.before = Some(stage.network.clone());
    let own = stage.network.route_tables.get_mut(&table).unwrap();
    let taken = own
        .associations
        .iter()
        .find(|at| at.subnet_id.is_some())
        .cloned()
        .unwrap();
    own.associations.retain(|at| *at != taken);
    let change = stage.event(
        "DisassociateRouteTable",
        json!({"associationId": taken.route_table_association_id.as_ref().unwrap().as_str()}),
    );
    let alerts = stage.events(&[change]);
    let command = &alerts[0].fix.as_ref().unwrap().command;
    assert!(
        command.starts_with(&format!(
            "aws ec2 associate-route-table --route-table-id {table} --subnet-id subnet-"
        )),
        "{command}"
    );
    // One more specific route that leads astray.
    let mut stage = Stage::up();
    stage.before = Some(stage.network.clone());
    let mut astray: hopwatch::network::route_table::Route = serde_json::from_value(json!({
        "DestinationCidrBlock": "198.51.100.0/24", "GatewayId": "vgw-0a1b2c3d4e5f60718", "State": "blackhole"}))
    .unwrap();
    astray.origin = Some("CreateRoute".into());
    stage
        .network
        .route_tables
        .get_mut(&table)
        .unwrap()
        .routes
        .push(astray);
    let change = stage.event(
        "CreateRoute",
        json!({"routeTableId": table.as_str(), "destinationCidrBlock": "198.51.100.0/24", "gatewayId": "vgw-0a1b2c3d4e5f60718"}),
    );
    let alerts = stage.events(&[change]);
    assert_eq!(
        alerts[0].fix.as_ref().unwrap().command,
        format!(
            "aws ec2 delete-route --route-table-id {table} --destination-cidr-block 198.51.100.0/24 --region eu-west-1"
        )
    );
}

#[test]
fn nobody_is_blamed_on_a_guess() {
    // Two people touched what decides, and what they did cannot be undone: the events leave it out.
    let mut stage = Stage::up();
    stage.break_it();
    stage.before = None;
    let vague = |number, user: &str, now| -> Change {
        let mut change = event(
            "DeleteNetworkAclEntry",
            json!({"networkAclId": ACL}),
            now,
            number,
            user,
        );
        change.edit = None;
        change
    };
    let both = [vague(901, "ana", stage.now), vague(902, "ben", stage.now)];
    let mut other = Stage::up();
    other.break_it();
    other.before = None;
    let one = [vague(903, "ana", other.now)];
    let alerts = stage.events(&both);
    assert_eq!(blame(&alerts), None);
    let alerts = other.events(&one);
    assert_eq!(
        blame(&alerts).map(|blame| blame.certainty),
        Some(Certainty::Sure),
        "the whole ACL put back"
    );
}

#[test]
fn a_bystander_is_not_blamed() {
    let mut stage = Stage::up();
    // Something breaks it without an event; an event tells of another rule of the same ACL, in the other direction.
    acl(&mut stage.network)
        .entries
        .retain(|entry| entry.rule_number != 130 || !entry.egress);
    let bystander = stage.delete_entry(110, false);
    stage.before = None;
    let alerts = stage.events(&[bystander]);
    assert_eq!(blame(&alerts), None, "{:?}", blame(&alerts));
}

#[test]
fn whoever_is_too_early_to_be_seen_is_blamed_later() {
    let mut stage = Stage::up();
    let seen = stage.network.clone();
    let change = stage.break_it();
    let broken = std::mem::replace(&mut stage.network, seen);
    stage.before = None;
    assert_eq!(stage.events(&[change]), [], "the network does not show it yet");
    let follow_up = &stage.last.follow_ups[0];
    assert_eq!(
        (follow_up.after, follow_up.again.attempt),
        (SignedDuration::from_secs(30), 1)
    );
    stage.network = broken;
    stage.pass(SignedDuration::from_secs(30));
    let alerts = stage.again(1);
    let told = blame(&alerts).unwrap();
    assert!(told.actor.starts_with("jo.example"), "{told:?}");
    assert_eq!(
        told.certainty,
        Certainty::Likely,
        "what exactly it did was not kept"
    );
    assert_eq!(alerts[0].trigger, told.event_id.clone().unwrap());
}

#[test]
fn looking_again_ends() {
    let mut stage = Stage::up();
    let seen = stage.network.clone();
    let change = stage.break_it();
    stage.network = seen;
    stage.events(&[change]);
    let mut waits = vec![stage.last.follow_ups[0].after];
    for attempt in 1..=3 {
        stage.again(attempt);
        waits.extend(stage.last.follow_ups.iter().map(|follow_up| follow_up.after));
    }
    let seconds: Vec<i64> = waits.iter().map(SignedDuration::as_secs).collect();
    assert_eq!(seconds, [30, 90, 480], "30 s, 2 min and 10 min after it");
    assert!(stage.record(super::stage::SFTP).suspects.is_empty());
}

#[test]
fn a_leak_is_blamed_too() {
    let file = "version: 1\npaths:\n  - name: no SFTP from invoices\n    source: { lambda: invoice-export }\n    destination: 198.51.100.22\n    destinationPort: 22\n    expect: blocked\n";
    let mut stage = Stage::new(file);
    acl(&mut stage.network)
        .entries
        .retain(|entry| entry.rule_number != 130 || !entry.egress);
    assert_eq!(stage.sweep(), []);
    let change = stage.mend_it();
    let alerts = stage.events(&[change]);
    let told = blame(&alerts).unwrap();
    assert_eq!(told.certainty, Certainty::Sure);
    assert_eq!(
        told.evidence.as_deref(),
        Some("without that entry, nothing arrives")
    );
    assert!(alerts[0].fix.is_none(), "no command is safe to print for a leak");
}

/// Two changes of one interface, of which only one broke the path.
#[test]
fn who_touched_the_same_thing_is_not_blamed() {
    let mut stage = Stage::up();
    stage.before = Some(stage.network.clone());
    let subnet_of_function = stage.network.functions.values().find_map(|function| {
        let config = function.vpc_config.as_ref()?;
        config.subnet_ids.first().cloned()
    });
    let subnet = subnet_of_function.unwrap();
    let (table, taken) = stage
        .network
        .route_tables
        .values()
        .find_map(|table| {
            let at = table
                .associations
                .iter()
                .find(|at| at.subnet_id.as_ref() == Some(&subnet))?;
            Some((table.route_table_id.clone(), at.clone()))
        })
        .unwrap();
    // Another subnet's association goes, too: nobody's path needs it.
    let mut other = taken.clone();
    other.route_table_association_id = Some("rtbassoc-00000000000000001".into());
    other.subnet_id = Some("subnet-00000000000000001".into());
    let own = |network: &mut hopwatch::network::Snapshot| {
        network.route_tables.get_mut(&table).unwrap().associations.clone()
    };
    assert!(own(&mut stage.network).contains(&taken));
    let before = stage.before.as_mut().unwrap();
    before
        .route_tables
        .get_mut(&table)
        .unwrap()
        .associations
        .push(other.clone());
    let associations = &mut stage.network.route_tables.get_mut(&table).unwrap().associations;
    associations.retain(|at| *at != taken);
    let id = |at: &hopwatch::network::route_table::RouteTableAssociation| {
        at.route_table_association_id.clone().unwrap().to_string()
    };
    let guilty = stage.event("DisassociateRouteTable", json!({"associationId": id(&taken)}));
    let innocent = event(
        "DisassociateRouteTable",
        json!({"associationId": id(&other)}),
        stage.now,
        77,
        "li.example",
    );
    let alerts = stage.events(&[guilty, innocent.clone()]);
    let told = blame(&alerts).unwrap();
    assert_eq!((told.certainty, told.others), (Certainty::Sure, 0));
    assert!(told.actor.starts_with("jo.example"), "{told:?}");
    // Where the guilty one's event is lost, nobody is blamed in its place.
    let mut stage = Stage::up();
    let mut before = stage.network.clone();
    before
        .route_tables
        .get_mut(&table)
        .unwrap()
        .associations
        .push(other);
    stage.before = Some(before);
    let associations = &mut stage.network.route_tables.get_mut(&table).unwrap().associations;
    associations.retain(|at| *at != taken);
    assert_eq!(blame(&stage.events(&[innocent])), None);
}

/// What the network does not show yet cannot have broken it: who mends it before it breaks is not blamed.
#[test]
fn a_change_that_is_not_shown_is_not_blamed() {
    let mut stage = Stage::up();
    stage.before = Some(stage.network.clone());
    let (table, route) = stage
        .network
        .route_tables
        .values()
        .find_map(|table| {
            let route = table.routes.iter().find(|route| route.nat_gateway_id.is_some())?;
            Some((table.route_table_id.clone(), route.clone()))
        })
        .unwrap();
    let routes = &mut stage.network.route_tables.get_mut(&table).unwrap().routes;
    routes.retain(|now| *now != route);
    let nat = route.nat_gateway_id.unwrap();
    let mends = stage.event(
        "CreateRoute",
        json!({"routeTableId": table.as_str(), "destinationCidrBlock": "0.0.0.0/0", "natGatewayId": nat.as_str()}),
    );
    let alerts = stage.events(&[mends]);
    assert_eq!((alerts.len(), blame(&alerts)), (1, None));
}

/// A server that the internet reaches, with a second rule and a second group that nobody needs.
const SERVER: &str = r#"{
  "Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "OwnerId": "111122223333"}],
  "Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.1.0/24", "AvailabilityZone": "eu-west-1a"}],
  "RouteTables": [{"RouteTableId": "rtb-1", "VpcId": "vpc-1", "Associations": [{"Main": true}],
    "Routes": [{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local"}, {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1"}]}],
  "NetworkAcls": [{"NetworkAclId": "acl-1", "VpcId": "vpc-1", "IsDefault": true, "Associations": [], "Entries": [
    {"RuleNumber": 100, "Egress": true, "RuleAction": "allow", "Protocol": "-1", "CidrBlock": "0.0.0.0/0"},
    {"RuleNumber": 100, "Egress": false, "RuleAction": "allow", "Protocol": "-1", "CidrBlock": "0.0.0.0/0"}]}],
  "SecurityGroups": [
    {"GroupId": "sg-0a", "VpcId": "vpc-1", "IpPermissions": [
      {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]},
      {"IpProtocol": "tcp", "FromPort": 8443, "ToPort": 8443, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}]},
    {"GroupId": "sg-0b", "VpcId": "vpc-1", "IpPermissions": []}],
  "NetworkInterfaces": [{"NetworkInterfaceId": "eni-01", "SubnetId": "subnet-1", "VpcId": "vpc-1", "Groups": [{"GroupId": "sg-0a"}],
    "Status": "in-use", "SourceDestCheck": true, "PrivateIpAddress": "10.0.1.10", "Attachment": {"InstanceId": "i-01", "DeviceIndex": 0},
    "Association": {"PublicIp": "198.51.100.10"},
    "PrivateIpAddresses": [{"PrivateIpAddress": "10.0.1.10", "Primary": true, "Association": {"PublicIp": "198.51.100.10"}}]}],
  "Reservations": [{"Instances": [{"InstanceId": "i-01", "VpcId": "vpc-1", "SubnetId": "subnet-1", "State": {"Name": "running"}}]}],
  "InternetGateways": [{"InternetGatewayId": "igw-1", "Attachments": [{"VpcId": "vpc-1", "State": "available"}]}]
}"#;

fn server() -> Stage {
    let mut stage = Stage::new(
        "version: 1\npaths:\n  - { name: ssh, source: internet, destination: i-01, destinationPort: 22 }\n",
    );
    let document = parse(Source::default(), SERVER.as_bytes()).unwrap();
    stage.network = merge(vec![document]).unwrap().snapshot;
    assert_eq!(stage.sweep(), []);
    stage
}

/// What somebody does to the server: the call, what is asked for, and what it does to the network.
type Deed = (&'static str, serde_json::Value, fn(&mut Snapshot));

fn interface(network: &mut Snapshot) -> &mut NetworkInterface {
    network.network_interfaces.get_mut("eni-01").unwrap()
}

fn groups(network: &mut Snapshot, groups: serde_json::Value) {
    interface(network).groups = serde_json::from_value(groups).unwrap();
}

fn modify(rule: usize, net: &str, network: &mut Snapshot) {
    let group = network.security_groups.get_mut("sg-0a").unwrap();
    group.ip_permissions[rule].ip_ranges[0].cidr_ip = net.parse().unwrap();
}

fn modification(port: u16, net: &str) -> serde_json::Value {
    json!({"ModifySecurityGroupRulesRequest": {"GroupId": "sg-0a", "SecurityGroupRule": {
        "SecurityGroupRuleId": "sgr-01", "SecurityGroupRule":
            {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "CidrIpv4": net}}}})
}

#[test]
fn each_is_blamed_for_the_part_that_its_call_changes() {
    let guilty: [Deed; 4] = [
        (
            "ModifyInstanceAttribute",
            json!({"instanceId": "i-01", "groupSet": {"items": [{"groupId": "sg-0b"}]}}),
            |network| groups(network, json!([{"GroupId": "sg-0b"}])),
        ),
        (
            "DisassociateAddress",
            json!({"associationId": "eipassoc-01"}),
            |network| {
                interface(network).association = None;
                interface(network).private_ip_addresses[0].association = None;
            },
        ),
        (
            "StopInstances",
            json!({"instancesSet": {"items": [{"instanceId": "i-01"}]}}),
            |network| {
                let instance = network.instances.get_mut("i-01").unwrap();
                instance.state = serde_json::from_value(json!({"Name": "stopped"})).unwrap();
            },
        ),
        (
            "ModifySecurityGroupRules",
            modification(22, "10.0.0.0/8"),
            |network| {
                modify(0, "10.0.0.0/8", network);
            },
        ),
    ];
    let innocent: [Deed; 3] = [
        (
            "ModifyNetworkInterfaceAttribute",
            json!({"networkInterfaceId": "eni-01", "groupSet": {"items": [{"groupId": "sg-0a"}, {"groupId": "sg-0b"}]}}),
            |network| groups(network, json!([{"GroupId": "sg-0a"}, {"GroupId": "sg-0b"}])),
        ),
        (
            "ModifyNetworkInterfaceAttribute",
            json!({"networkInterfaceId": "eni-01", "sourceDestCheck": {"value": false}}),
            |network| interface(network).source_dest_check = Some(false),
        ),
        (
            "ModifySecurityGroupRules",
            modification(8443, "11.0.0.0/8"),
            |network| {
                modify(1, "11.0.0.0/8", network);
            },
        ),
    ];
    for (call, request, deed) in &guilty {
        for (other, harmless, nothing) in &innocent {
            // Of two who give an interface its groups the later one did it.
            if *call == "ModifyInstanceAttribute" && harmless["groupSet"].is_object() {
                continue;
            }
            for (has_before, is_told) in [(true, true), (false, true), (true, false), (false, false)] {
                let mut stage = server();
                stage.before = has_before.then(|| stage.network.clone());
                deed(&mut stage.network);
                nothing(&mut stage.network);
                let mut events = vec![event(other, harmless.clone(), stage.now, 77, "li.example")];
                if is_told {
                    events.push(stage.event(call, request.clone()));
                }
                let alerts = stage.events(&events);
                let told = blame(&alerts).map(|blame| (blame.certainty, blame.others, blame.actor.as_str()));
                let case =
                    format!("{call}, {other} {harmless}, before {has_before}, told {is_told}: {told:?}");
                match told {
                    Some((Certainty::Sure, 0, actor)) => {
                        assert!(is_told && actor.starts_with("jo.example"), "{case}");
                    }
                    // Of two rules that became others nobody can say which was which.
                    _ => assert!((!is_told || call == other) && alerts.len() == 1, "{case}"),
                }
            }
        }
    }
}
