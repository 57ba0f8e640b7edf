//! Which paths are evaluated: none where nothing can be touched, and never one too few.

use std::collections::BTreeMap;

use hopwatch::event::Change;
use hopwatch::monitor::{MemoryStore, Places, Reach, Records, Scene, fingerprint, touches};
use hopwatch::network::Snapshot;
use hopwatch::network::load::{Source, merge, parse};
use hopwatch::network::state::{NatGatewayState, RouteState};
use hopwatch::reach::{Assessment, BlockedBy, Dependencies, Engine, Surroundings};
use jiff::SignedDuration;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::stage::{ACL, Stage, event, one_path};
use crate::hopwatch::root;

#[test]
fn a_change_that_touches_no_path_evaluates_none() {
    let mut stage = Stage::up();
    let unrelated: [(&str, Value); 5] = [
        (
            "DeleteNetworkAclEntry",
            json!({"networkAclId": "acl-0ffffffffffffffff", "ruleNumber": 100, "egress": true}),
        ),
        (
            "DeleteRoute",
            json!({"routeTableId": "rtb-0ffffffffffffffff", "destinationCidrBlock": "0.0.0.0/0"}),
        ),
        // The group of another function.
        (
            "RevokeSecurityGroupEgress",
            json!({"groupId": "sg-0c6e3a0f4d9b15873", "ipPermissions": {"items": [{"ipProtocol": "tcp", "fromPort": 22,
                "toPort": 22, "ipRanges": {"items": [{"cidrIp": "198.51.100.22/32"}]}}]}}),
        ),
        (
            "DeleteRoute",
            json!({"routeTableId": "rtb-0142d6b8e7c9a3f50", "destinationCidrBlock": "192.0.2.0/24"}),
        ),
        ("CreateKeyPair", json!({"keyName": "jo"})),
    ];
    for (number, (name, request)) in (800..).zip(unrelated) {
        let change = event(name, request, stage.now, number, "jo.example");
        assert_eq!(stage.events(&[change]), []);
        assert_eq!(stage.last.counters.evaluated, 0, "{name}");
        assert_eq!(stage.last.writes, [], "{name}");
    }
    let related = event(
        "DeleteNetworkAclEntry",
        json!({"networkAclId": ACL, "ruleNumber": 7, "egress": true}),
        stage.now,
        900,
        "jo.example",
    );
    stage.events(&[related]);
    assert_eq!(stage.last.counters.evaluated, 1);
}

#[test]
fn what_could_not_be_told_is_looked_at_whatever_changes() {
    let mut stage = Stage::up();
    let network = stage.network.clone();
    stage.blind();
    assert_eq!(stage.sweep().len(), 1);
    stage.network = network;
    let change = stage.break_it();
    assert_eq!(
        super::stage::kinds(&stage.events(&[change])),
        [hopwatch::alert::AlertKind::Broken]
    );
}

#[test]
fn what_cannot_be_placed_evaluates_all_of_its_region() {
    let mut stage = Stage::up();
    let unknown = |region: &str, stage: &Stage| {
        let mut change = event("FrobnicateNetwork", json!({"x": 1}), stage.now, 950, "jo.example");
        change.region = Some(region.into());
        change
    };
    let change = unknown("eu-west-1", &stage);
    stage.events(&[change]);
    assert_eq!(stage.last.counters.evaluated, 1);
    // An association that no snapshot at hand knows.
    let change = event(
        "ReplaceNetworkAclAssociation",
        json!({"associationId": "aclassoc-0ffffffffffffffff", "networkAclId": "acl-0ffffffffffffffff"}),
        stage.now,
        951,
        "jo.example",
    );
    stage.events(&[change]);
    assert_eq!(stage.last.counters.evaluated, 1);
}

#[test]
fn without_a_record_a_path_is_always_evaluated() {
    let mut stage = Stage::new(&one_path(""));
    stage.events(&[]);
    assert_eq!(stage.last.counters.evaluated, 1);
    stage.pass(SignedDuration::from_secs(1));
    stage.events(&[]);
    assert_eq!(stage.last.counters.evaluated, 0);
}

/// Two VPCs alike: that of the outage, and a copy of it with other ids and addresses.
fn two_vpcs() -> Snapshot {
    let text = std::fs::read_to_string(root().join("events/sftp-outage/before/network.json")).unwrap();
    let copy = text
        .replace("10.64.", "10.65.")
        .replace("203.0.113.24", "203.0.113.25")
        .replace("order-sync", "order-sync-b")
        .replace("invoice-export", "invoice-export-b");
    // Every id gets another first digit.
    let copy = [
        "vpc", "subnet", "rtb", "acl", "sg", "eni", "nat", "igw", "aclassoc", "rtbassoc", "eipalloc",
        "eipassoc",
    ]
    .iter()
    .fold(copy, |text, prefix| {
        "0123456789abcde".chars().fold(text, |text, digit| {
            text.replace(&format!("\"{prefix}-{digit}"), &format!("\"{prefix}-f"))
        })
    });
    let documents = [("a.json", text), ("b.json", copy)]
        .into_iter()
        .map(|(name, text)| {
            let source = Source {
                name: name.into(),
                ..Source::default()
            };
            parse(source, text.as_bytes()).unwrap()
        })
        .collect();
    merge(documents).unwrap().snapshot
}

const PATHS: &str = "version: 1
paths:
  - { name: a, source: { lambda: order-sync }, destination: 198.51.100.22, destinationPort: 22 }
  - { name: b, source: { lambda: invoice-export }, destination: 198.51.100.30, destinationPort: 443 }
  - { name: c, source: { lambda: order-sync-b }, destination: 198.51.100.22, destinationPort: 22 }
  - { name: d, source: { lambda: invoice-export-b }, destination: 198.51.100.30, destinationPort: 443 }
  - { name: e, source: nat-0e9a7c5d3b1f24680, destination: igw-04b8d2f6a1c3e5079, destinationPort: 443 }
  - { name: f, source: subnet-0a1f6c2b3d4e59871, destination: subnet-0b2e7d3c4f5a68172, destinationPort: 5432 }
  - { name: g, source: internet, destination: subnet-0c3d8e4a5b6f70913, protocol: all, expect: blocked }
  - { name: h, source: subnet-fa1f6c2b3d4e59871, destination: internet, destinationPort: 80, require: any }
";

fn pick<T: Clone>(items: Vec<T>, number: u16) -> Option<T> {
    let length = items.len();
    (length > 0).then(|| items[usize::from(number) % length].clone())
}

/// Changes one resource, and gives the event that tells of it.
fn mutate(network: &mut Snapshot, kind: u8, a: u16, b: u16) -> Option<Change> {
    let acls = || {
        network
            .network_acls
            .iter()
            .map(|(id, _)| id.clone())
            .collect::<Vec<_>>()
    };
    let tables = || {
        network
            .route_tables
            .iter()
            .map(|(id, _)| id.clone())
            .collect::<Vec<_>>()
    };
    let groups = || {
        network
            .security_groups
            .iter()
            .map(|(id, _)| id.clone())
            .collect::<Vec<_>>()
    };
    let (name, request) = match kind {
        0 => {
            let id = pick(acls(), a)?;
            let acl = network.network_acls.get_mut(&id)?;
            let entry = pick(
                acl.entries
                    .iter()
                    .filter(|e| e.rule_number < 32767)
                    .cloned()
                    .collect(),
                b,
            )?;
            acl.entries.retain(|other| *other != entry);
            let request =
                json!({"networkAclId": id.as_str(), "ruleNumber": entry.rule_number, "egress": entry.egress});
            ("DeleteNetworkAclEntry", request)
        }
        1 => {
            let id = pick(acls(), a)?;
            let mut entry = super::stage::entry(
                1 + u32::from(b % 90),
                b.is_multiple_of(2),
                [22, 443, 5432][usize::from(b % 3)],
                "0.0.0.0/0",
            );
            entry.rule_action = if b.is_multiple_of(5) { "allow" } else { "deny" }.into();
            let acl = network.network_acls.get_mut(&id)?;
            if acl
                .entries
                .iter()
                .any(|old| (old.rule_number, old.egress) == (entry.rule_number, entry.egress))
            {
                return None;
            }
            let port = entry.port_range?.from;
            let request = json!({"networkAclId": id.as_str(), "ruleNumber": entry.rule_number, "egress": entry.egress,
                "ruleAction": entry.rule_action.as_str(), "aclProtocol": "6", "cidrBlock": "0.0.0.0/0",
                "portRange": {"from": port, "to": port}});
            acl.entries.push(entry);
            ("CreateNetworkAclEntry", request)
        }
        2 => {
            let id = pick(tables(), a)?;
            let table = network.route_tables.get_mut(&id)?;
            let routes = table
                .routes
                .iter()
                .filter(|route| route.destination_cidr_block.is_some());
            let route = pick(
                routes
                    .filter(|r| r.gateway_id.as_ref().is_none_or(|g| g.as_str() != "local"))
                    .cloned()
                    .collect(),
                b,
            )?;
            table.routes.retain(|other| *other != route);
            let to = route.destination_cidr_block?.to_string();
            (
                "DeleteRoute",
                json!({"routeTableId": id.as_str(), "destinationCidrBlock": to}),
            )
        }
        3 => {
            let id = pick(tables(), a)?;
            let to = ["198.51.100.0/24", "198.51.100.22/32", "192.0.2.0/24"][usize::from(b % 3)];
            let nats: Vec<_> = network.nat_gateways.iter().map(|(id, _)| id.clone()).collect();
            let nat = pick(nats, b / 3)?;
            let table = network.route_tables.get_mut(&id)?;
            table.routes.push(
                serde_json::from_value(json!({"DestinationCidrBlock": to, "NatGatewayId": nat.as_str(),
                "State": "active", "Origin": "CreateRoute"}))
                .ok()?,
            );
            let request = json!({"routeTableId": id.as_str(), "destinationCidrBlock": to, "natGatewayId": nat.as_str()});
            ("CreateRoute", request)
        }
        4 | 5 => {
            let id = pick(groups(), a)?;
            let group = network.security_groups.get_mut(&id)?;
            let egress = b.is_multiple_of(2);
            let set = if egress {
                &mut group.ip_permissions_egress
            } else {
                &mut group.ip_permissions
            };
            let verb = if kind == 4 { "Revoke" } else { "Authorize" };
            let rule = if kind == 4 {
                let rule = pick(set.clone(), b / 2)?;
                set.retain(|other| *other != rule);
                rule
            } else {
                let rule: hopwatch::network::security_group::IpPermission =
                    serde_json::from_value(json!({"IpProtocol": "tcp",
                    "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}))
                    .ok()?;
                set.push(rule.clone());
                rule
            };
            let ranges: Vec<Value> = rule
                .ip_ranges
                .iter()
                .map(|r| json!({"cidrIp": r.cidr_ip.to_string()}))
                .collect();
            let pairs: Vec<Value> = (rule.user_id_group_pairs.iter())
                .map(|p| json!({"groupId": p.group_id}))
                .collect();
            let way = if egress { "Egress" } else { "Ingress" };
            let name = format!("{verb}SecurityGroup{way}");
            let request = json!({"groupId": id.as_str(), "ipPermissions": {"items": [{"ipProtocol": rule.ip_protocol,
                "fromPort": rule.from_port, "toPort": rule.to_port, "ipRanges": {"items": ranges}, "groups": {"items": pairs}}]}});
            return Some(at(&name, request));
        }
        6 => {
            let id = pick(acls(), a)?;
            let old = network
                .network_acls
                .values()
                .flat_map(|acl| acl.associations.clone())
                .collect();
            let association = pick(old, b)?;
            let vpc = &network.network_acls.get(&id)?.vpc_id;
            if network.subnets.get(association.subnet_id.as_ref()?)?.vpc_id != *vpc {
                return None;
            }
            for acl in acls() {
                network
                    .network_acls
                    .get_mut(&acl)?
                    .associations
                    .retain(|other| *other != association);
            }
            let mut new = association.clone();
            new.network_acl_association_id = Some("aclassoc-0eeeeeeeeeeeeeeee".into());
            network.network_acls.get_mut(&id)?.associations.push(new);
            let request =
                json!({"associationId": association.network_acl_association_id, "networkAclId": id.as_str()});
            ("ReplaceNetworkAclAssociation", request)
        }
        7 => {
            let id = pick(tables(), a)?;
            let table = network.route_tables.get_mut(&id)?;
            let association = pick(
                table
                    .associations
                    .iter()
                    .filter(|at| at.subnet_id.is_some())
                    .cloned()
                    .collect(),
                b,
            )?;
            table.associations.retain(|other| *other != association);
            (
                "DisassociateRouteTable",
                json!({"associationId": association.route_table_association_id}),
            )
        }
        8 => {
            let nats: Vec<_> = network.nat_gateways.iter().map(|(id, _)| id.clone()).collect();
            let id = pick(nats, a)?;
            network.nat_gateways.get_mut(&id)?.state = Some(NatGatewayState::Deleted);
            for table in tables() {
                for route in &mut network.route_tables.get_mut(&table)?.routes {
                    if route.nat_gateway_id.as_ref() == Some(&id) {
                        route.state = Some(RouteState::Blackhole);
                    }
                }
            }
            (
                "DeleteNatGateway",
                json!({"DeleteNatGatewayRequest": {"NatGatewayId": id.as_str()}}),
            )
        }
        9 => {
            let gateways: Vec<_> = network
                .internet_gateways
                .iter()
                .map(|(id, _)| id.clone())
                .collect();
            let id = pick(gateways, a)?;
            let attachment = network.internet_gateways.get_mut(&id)?.attachments.pop()?;
            (
                "DetachInternetGateway",
                json!({"internetGatewayId": id.as_str(), "vpcId": attachment.vpc_id}),
            )
        }
        10 => {
            let interfaces: Vec<_> = network
                .network_interfaces
                .iter()
                .map(|(id, _)| id.clone())
                .collect();
            let id = pick(interfaces, a)?;
            network.network_interfaces.remove(&id);
            (
                "DeleteNetworkInterface",
                json!({"networkInterfaceId": id.as_str()}),
            )
        }
        11 => {
            let functions: Vec<_> = network.functions.iter().map(|(id, _)| id.clone()).collect();
            let id = pick(functions, a)?;
            let group = pick(groups(), b)?;
            let mut function = network.functions.get(&id)?.clone();
            function.vpc_config.as_mut()?.security_group_ids = vec![group.clone()];
            let name = function.function_name.clone();
            network.functions.insert(id, function);
            let request = json!({"functionName": name, "vpcConfig": {"securityGroupIds": [group.as_str()]}});
            let call = "UpdateFunctionConfiguration20150331v2";
            return Some(parsed("lambda.amazonaws.com", call, request, json!(null)));
        }
        _ => {
            // A new interface with the far end's address, in either VPC: the address is the network's own from then on.
            let subnets: Vec<_> = network.subnets.iter().map(|(id, _)| id.clone()).collect();
            let subnet = pick(subnets, a)?;
            let vpc = network.subnets.get(&subnet)?.vpc_id.clone();
            let group = pick(groups(), b)?;
            let id = "eni-0dddddddddddddddd";
            network.network_interfaces.insert(id.into(), serde_json::from_value(json!({"NetworkInterfaceId": id,
                "SubnetId": subnet.as_str(), "VpcId": vpc.as_str(), "Groups": [{"GroupId": group.as_str()}],
                "PrivateIpAddress": "10.64.0.200", "PrivateIpAddresses": [{"PrivateIpAddress": "10.64.0.200", "Primary": true,
                    "Association": {"PublicIp": "198.51.100.22", "IpOwnerId": "111122223333"}}],
                "Status": "in-use", "InterfaceType": "interface", "SourceDestCheck": true})).ok()?);
            let response = json!({"networkInterface": {"networkInterfaceId": id, "subnetId": subnet.as_str(),
                "vpcId": vpc.as_str()}});
            let request = json!({"subnetId": subnet.as_str()});
            return Some(parsed(
                "ec2.amazonaws.com",
                "CreateNetworkInterface",
                request,
                response,
            ));
        }
    };
    Some(at(name, request))
}

fn at(name: &str, request: Value) -> Change {
    event(
        name,
        request,
        "2026-05-04T09:00:00Z".parse().unwrap(),
        1,
        "jo.example",
    )
}

fn parsed(source: &str, name: &str, request: Value, response: Value) -> Change {
    let record = json!({"eventVersion": "1.11", "eventSource": source, "eventName": name, "readOnly": false,
        "awsRegion": "eu-west-1", "recipientAccountId": "111122223333", "eventTime": "2026-05-04T09:00:00Z",
        "eventID": "event-1", "requestParameters": request, "responseElements": response, "eventType": "AwsApiCall",
        "userIdentity": {"type": "IAMUser", "userName": "jo.example"}});
    hopwatch::event::record(&record.to_string(), &hopwatch::event::Own::default())
        .unwrap()
        .change
}

/// Each path's verdict, as far as it is told of.
fn verdicts(stage: &Stage, network: &Snapshot) -> BTreeMap<String, (Option<bool>, String)> {
    let engine = Engine::new(network, Surroundings::default());
    let of = |path| {
        let result = engine.assess(path);
        (result.as_expected, fingerprint(&result))
    };
    stage
        .paths
        .iter()
        .map(|path| (path.name.clone(), of(path)))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(300), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_verdict_flips_without_its_path_having_been_selected(
        steps in proptest::collection::vec((0u8..13, any::<u16>(), any::<u16>()), 1..4),
        has_before: bool,
    ) {
        nothing_is_missed(&steps, has_before);
    }

    #[test]
    fn an_assessment_is_the_evaluation_without_its_words(
        steps in proptest::collection::vec((0u8..13, any::<u16>(), any::<u16>()), 1..5),
    ) {
        let (mut network, stage) = (two_vpcs(), Stage::new(PATHS));
        for (kind, a, b) in steps {
            mutate(&mut network, kind, a, b);
        }
        let engine = Engine::new(&network, Surroundings::default());
        let assessed: BTreeMap<usize, Assessment> = engine.assess_all(&stage.paths).collect();
        prop_assert_eq!(assessed.len(), stage.paths.len());
        for (path, short) in stage.paths.iter().zip(assessed.into_values()) {
            let full = engine.evaluate(path);
            prop_assert_eq!((short.expect, short.verdict, short.as_expected), (full.expect, full.verdict, full.as_expected));
            prop_assert_eq!((short.reason, short.arrives, short.arrives_more), (full.reason, full.arrives, full.arrives_more));
            prop_assert_eq!(Dependencies::from(&short.consulted), full.dependencies);
            // What stands behind them shows only when they are mended.
            let blockers: Vec<_> = (full.blockers.into_iter().take(short.blockers.len()))
                .map(|blocker| BlockedBy {
                    code: blocker.code,
                    component: blocker.component.as_str().into(),
                    direction: blocker.direction,
                    leg: blocker.leg,
                    rule: blocker.rule.map(Into::into),
                })
                .collect();
            prop_assert_eq!(short.blockers, blockers);
        }
    }

    #[test]
    fn a_changed_copy_is_judged_as_if_it_had_been_read_anew(
        steps in proptest::collection::vec((0u8..13, any::<u16>(), any::<u16>()), 1..5),
    ) {
        let (network, mut stage) = (two_vpcs(), Stage::new(PATHS));
        let engine = Engine::new(&network, Surroundings::default());
        // Half of the filters are compiled before.
        for path in stage.paths.iter().step_by(2) {
            engine.assess(path);
        }
        stage.network = network.clone();
        for (kind, a, b) in steps {
            mutate(&mut stage.network, kind, a, b);
            let (over, anew) = (engine.over(&stage.network), Engine::new(&stage.network, Surroundings::default()));
            for path in &stage.paths {
                prop_assert_eq!(over.evaluate(path), anew.evaluate(path));
            }
        }
    }
}

#[test]
fn what_a_gateway_leads_to_shrinks_with_every_address_that_becomes_the_networks_own() {
    nothing_is_missed(&[(3, 6686, 1885), (12, 4815, 0)], false);
}

/// Does the steps one after the other; after each, what was not selected is as it was before.
fn nothing_is_missed(steps: &[(u8, u16, u16)], has_before: bool) {
    let mut stage = Stage::new(PATHS);
    stage.network = two_vpcs();
    for &(kind, a, b) in steps {
        // What is remembered is of the network as it is.
        stage.store = MemoryStore::default();
        stage.sweep();
        let records: Records = stage.store.records().clone();
        let before = stage.network.clone();
        let Some(change) = mutate(&mut stage.network, kind, a, b) else {
            continue;
        };
        let (was, is) = (verdicts(&stage, &before), verdicts(&stage, &stage.network));
        let places = Places::of(
            [Some(&stage.network), has_before.then_some(&before)]
                .into_iter()
                .flatten(),
        );
        let reach = Reach::of(&change, &places);
        let scene = Scene {
            places: &places,
            transparent: &[],
        };
        let near = records.near(&reach);
        for path in &stage.paths {
            let selected = touches(&change, &reach, path, records.get(&path.name), &scene);
            let name = path.name.as_str();
            assert!(!selected || near.has(name), "{name} was passed over at a glance");
            assert!(
                selected || was[&path.name] == is[&path.name],
                "{} was not selected by {}, and went from {:?} to {:?}\n{:?}",
                path.name,
                change.summary(),
                was[&path.name],
                is[&path.name],
                records.get(&path.name).unwrap().dependencies
            );
        }
    }
}

#[test]
fn mutations_flip_verdicts_and_leave_others_alone() {
    // The law above would hold of mutations that change nothing, and of a selection that takes all.
    let (mut flips, mut spared) = (0, 0);
    for kind in 0..13u8 {
        for number in 0..12u16 {
            let mut stage = Stage::new(PATHS);
            stage.network = two_vpcs();
            stage.sweep();
            let before = stage.network.clone();
            let Some(change) = mutate(&mut stage.network, kind, number, number / 3) else {
                continue;
            };
            let was = verdicts(&stage, &before);
            flips += usize::from(was != verdicts(&stage, &stage.network));
            let places = Places::of([&stage.network, &before]);
            let reach = Reach::of(&change, &places);
            let scene = Scene {
                places: &places,
                transparent: &[],
            };
            spared += (stage.paths.iter())
                .filter(|path| {
                    !touches(
                        &change,
                        &reach,
                        path,
                        stage.store.records().get(&path.name),
                        &scene,
                    )
                })
                .count();
        }
    }
    assert!(flips >= 20 && spared >= 200, "{flips} flips, {spared} spared");
}
