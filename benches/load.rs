//! How fast files become a snapshot: `cargo bench --bench load`. The goal: 50 MB in under 300 ms.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use hopwatch::network::load::{Source, merge, parse};

/// Replies in the form of the AWS CLI, with the fields that hopwatch does not read, too.
fn replies(interfaces: usize) -> Vec<(&'static str, String)> {
    let each = |count: usize, text: &dyn Fn(usize) -> String| {
        let rows: Vec<String> = (0..count).map(text).collect();
        rows.join(",\n")
    };
    let subnets = interfaces / 50 + 1;
    let group = |index: usize| {
        let rules = each(20, &|rule| {
            format!(
                r#"                {{
                    "IpProtocol": "tcp",
                    "FromPort": {rule},
                    "ToPort": {rule},
                    "UserIdGroupPairs": [
                        {{
                            "UserId": "111122223333",
                            "GroupId": "sg-{index:017x}"
                        }}
                    ],
                    "IpRanges": [
                        {{
                            "Description": "rule {rule} of group {index}",
                            "CidrIp": "10.{rule}.0.0/16"
                        }}
                    ],
                    "Ipv6Ranges": [],
                    "PrefixListIds": []
                }}"#
            )
        });
        format!(
            r#"        {{
            "GroupId": "sg-{index:017x}",
            "IpPermissionsEgress": [],
            "Tags": [
                {{
                    "Key": "Name",
                    "Value": "group {index}"
                }}
            ],
            "VpcId": "vpc-00000000000000001",
            "SecurityGroupArn": "arn:aws:ec2:eu-west-1:111122223333:security-group/sg-{index:017x}",
            "OwnerId": "111122223333",
            "GroupName": "group-{index}",
            "Description": "a group",
            "IpPermissions": [
{rules}
            ]
        }}"#
        )
    };
    let interface = |index: usize| {
        let (subnet, group, address) = (index % subnets, index % (interfaces / 10 + 1), index % 65_000);
        let (high, low) = (address / 256, address % 256);
        format!(
            r#"        {{
            "Attachment": {{
                "AttachTime": "2025-01-01T00:00:00+00:00",
                "AttachmentId": "eni-attach-{index:017x}",
                "DeleteOnTermination": true,
                "DeviceIndex": 0,
                "NetworkCardIndex": 0,
                "InstanceId": "i-{index:017x}",
                "InstanceOwnerId": "111122223333",
                "Status": "attached"
            }},
            "AvailabilityZone": "eu-west-1a",
            "Description": "",
            "Groups": [
                {{
                    "GroupId": "sg-{group:017x}",
                    "GroupName": "group-{group}"
                }}
            ],
            "InterfaceType": "interface",
            "Ipv6Addresses": [],
            "MacAddress": "02:00:00:00:00:00",
            "NetworkInterfaceId": "eni-{index:017x}",
            "OwnerId": "111122223333",
            "PrivateDnsName": "ip-10-0-{high}-{low}.eu-west-1.compute.internal",
            "PrivateIpAddress": "10.0.{high}.{low}",
            "PrivateIpAddresses": [
                {{
                    "Primary": true,
                    "PrivateDnsName": "ip-10-0-{high}-{low}.eu-west-1.compute.internal",
                    "PrivateIpAddress": "10.0.{high}.{low}"
                }}
            ],
            "RequesterManaged": false,
            "SourceDestCheck": true,
            "Status": "in-use",
            "SubnetId": "subnet-{subnet:017x}",
            "TagSet": [
                {{
                    "Key": "Name",
                    "Value": "interface {index}"
                }}
            ],
            "VpcId": "vpc-00000000000000001"
        }}"#
        )
    };
    let instance = |index: usize| {
        let devices = each(4, &|device| {
            format!(
                r#"                        {{
                            "DeviceName": "/dev/xvd{device}",
                            "Ebs": {{
                                "AttachTime": "2025-01-01T00:00:00+00:00",
                                "DeleteOnTermination": true,
                                "Status": "attached",
                                "VolumeId": "vol-{index:017x}"
                            }}
                        }}"#
            )
        });
        let nested = interface(index);
        format!(
            r#"        {{
            "ReservationId": "r-{index:017x}",
            "OwnerId": "111122223333",
            "Groups": [],
            "Instances": [
                {{
                    "Architecture": "x86_64",
                    "BlockDeviceMappings": [
{devices}
                    ],
                    "ImageId": "ami-{index:017x}",
                    "InstanceId": "i-{index:017x}",
                    "InstanceType": "m5.large",
                    "NetworkInterfaces": [
{nested}
                    ],
                    "PlatformDetails": "Linux/UNIX",
                    "State": {{
                        "Code": 16,
                        "Name": "running"
                    }},
                    "SubnetId": "subnet-{index:017x}",
                    "Tags": [
                        {{
                            "Key": "Name",
                            "Value": "instance {index}"
                        }}
                    ],
                    "VpcId": "vpc-00000000000000001"
                }}
            ]
        }}"#
        )
    };
    let reply = |key: &str, rows: String| format!("{{\n    \"{key}\": [\n{rows}\n    ]\n}}\n");
    vec![
        (
            "NetworkInterfaces.json",
            reply("NetworkInterfaces", each(interfaces, &interface)),
        ),
        (
            "Reservations.json",
            reply("Reservations", each(interfaces, &instance)),
        ),
        (
            "SecurityGroups.json",
            reply("SecurityGroups", each(interfaces / 10 + 1, &group)),
        ),
    ]
}

fn load(c: &mut Criterion) {
    let replies = replies(9_000);
    let bytes = replies.iter().map(|(_, text)| text.len()).sum::<usize>();
    let mut group = c.benchmark_group("load");
    group.throughput(Throughput::Bytes(u64::try_from(bytes).unwrap_or_default()));
    group.sample_size(10);
    group.bench_function("one thread", |b| {
        b.iter(|| {
            let parsed = replies.iter().map(|(name, text)| {
                let source = Source {
                    name: (*name).to_owned(),
                    ..Source::default()
                };
                parse(source, text.as_bytes())
            });
            let documents = parsed.collect::<Result<Vec<_>, _>>();
            let loaded = documents.map(merge);
            assert!(matches!(loaded, Ok(Ok(_))));
            black_box(loaded)
        });
    });
    group.finish();
}

criterion_group!(benches, load);
criterion_main!(benches);
