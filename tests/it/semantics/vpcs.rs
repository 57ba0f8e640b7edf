//! VPCs and subnets (vpc/latest/userguide/vpc-cidr-blocks.html, subnet-sizing.html, vpc-ip-addressing.html).

use super::*;
use crate::ask::tcp;

fn ula() -> Network {
    let mut n = Network::new();
    n.vpc("vpc-a", "10.0.0.0/16")
        .vpc("vpc-p", "10.9.0.0/16")
        .vpc_v6("vpc-a", "fd00:a::/56", "private")
        .vpc_v6("vpc-p", "fd00:b::/56", "private")
        .subnet("subnet-c", "vpc-a", "10.0.1.0/24", "a")
        .subnet("subnet-p", "vpc-p", "10.9.1.0/24", "a")
        .subnet_v6("subnet-c", "fd00:a:0:1::/64")
        .subnet_v6("subnet-p", "fd00:b:0:1::/64")
        .interface("eni-c", "subnet-c", "10.0.1.10")
        .address("eni-c", "fd00:a:0:1::10")
        .interface("eni-p", "subnet-p", "10.9.1.10")
        .address("eni-p", "fd00:b:0:1::10")
        .igw("igw-a", "vpc-a")
        .route("rtb-a", "::/0", "igw-a")
        .peering("pcx-1", "vpc-a", "vpc-p")
        .route("rtb-a", "fd00:b::/56", "pcx-1")
        .route("rtb-a", "10.9.0.0/16", "pcx-1")
        .route("rtb-p", "fd00:a::/56", "pcx-1")
        .route("rtb-p", "10.0.0.0/16", "pcx-1");
    n
}

pub(super) fn lines() -> Vec<Line> {
    let block = |state: &'static str, local: bool| {
        with(&pair(), |n| {
            n.edit("Vpcs", "vpc-a", |v| {
                v["CidrBlockAssociationSet"].as_array_mut().expect("a list").push(
                    serde_json::json!({"CidrBlock": "10.1.0.0/16", "CidrBlockState": {"State": state}}),
                );
            })
            .subnet("subnet-2", "vpc-a", "10.1.1.0/24", "a")
            .interface("eni-2", "subnet-2", "10.1.1.10");
            if local {
                n.route("rtb-a", "10.1.0.0/16", "local");
            }
        })
    };
    let second = || tcp("eni-c", "10.1.1.10", 443);
    let hidden_nat = with(&pair(), |n| {
        n.route("rtb-a", "0.0.0.0/0", "nat-hidden");
    });
    vec![
        line("a secondary block", &block("associated", true), second(), R),
        line(
            "a block on its way out, its local route listed",
            &block("disassociating", true),
            second(),
            U,
        ),
        line(
            "a block that is gone",
            &block("disassociated", false),
            second(),
            B,
        ),
        line("the router's address", &pair(), tcp("eni-c", "10.0.2.1", 443), B),
        line(
            "the last address of a subnet",
            &pair(),
            tcp("eni-c", "10.0.2.255", 443),
            B,
        ),
        line(
            "an address that nobody has",
            &pair(),
            tcp("eni-c", "10.0.2.77", 443),
            B,
        ),
        line(
            "a VPC's resolver from a peer",
            &ula(),
            tcp("eni-p", "10.0.0.2", 53),
            B,
        ),
        line(
            "private IPv6 and an internet gateway",
            &ula(),
            tcp("eni-c", "2606:4700::1111", 443),
            B,
        ),
        line(
            "private IPv6 over a peering",
            &ula(),
            tcp("eni-c", "fd00:b:0:1::10", 443),
            R,
        ),
        line(
            "a subnet's IPv6 block on its way out",
            &with(&ula(), |n| {
                n.edit("Subnets", "subnet-p", |v| {
                    v["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlockState"]["State"] =
                        "disassociating".into();
                });
            }),
            tcp("eni-c", "fd00:b:0:1::10", 443),
            U,
        ),
        line(
            "a NAT gateway that cannot be described",
            &hidden_nat,
            tcp("eni-c", "203.0.113.7", 443),
            U,
        ),
    ]
}
