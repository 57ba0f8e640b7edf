//! Lambda functions and tasks (lambda/latest/dg/configuration-vpc.html, configuration-vpc-internet.html).

use super::*;
use crate::ask::{Source, What, from, tcp};

/// A function in two private subnets with a NAT gateway each, and an internet gateway.
fn function() -> Network {
    let mut n = Network::new();
    n.vpc("vpc-a", "10.0.0.0/16")
        .subnet("subnet-1", "vpc-a", "10.0.1.0/24", "a")
        .subnet("subnet-2", "vpc-a", "10.0.2.0/24", "b")
        .subnet("subnet-n", "vpc-a", "10.0.4.0/24", "a")
        .igw("igw-a", "vpc-a")
        .table("rtb-n", "vpc-a", &["subnet-n"])
        .route("rtb-n", "0.0.0.0/0", "igw-a")
        .nat("nat-a", "subnet-n", "10.0.4.5", "198.51.100.9")
        .table("rtb-1", "vpc-a", &["subnet-1"])
        .route("rtb-1", "0.0.0.0/0", "nat-a")
        .table("rtb-2", "vpc-a", &["subnet-2"])
        .route("rtb-2", "0.0.0.0/0", "nat-a")
        .outward_group("sg-fn", "vpc-a")
        .function("fn", "vpc-a", &["subnet-1", "subnet-2"], &["sg-fn"]);
    n
}

fn v6(flag: bool, target: &'static str) -> Network {
    with(&function(), |n| {
        n.vpc_v6("vpc-a", "2600:1f00:a::/56", "public")
            .subnet_v6("subnet-1", "2600:1f00:a:1::/64")
            .subnet_v6("subnet-2", "2600:1f00:a:2::/64")
            .eigw("eigw-a", "vpc-a")
            .route("rtb-1", "::/0", target)
            .route("rtb-2", "::/0", target)
            .edit("Functions", "fn", |f| {
                f["VpcConfig"]["Ipv6AllowedForDualStack"] = flag.into();
            });
    })
}

fn task(public: bool) -> Ask {
    from(
        Source::Workload {
            subnet: "subnet-n".into(),
            groups: vec!["sg-fn".into()],
            public,
        },
        "203.0.113.7",
        What::Tcp(443),
    )
}

pub(super) fn lines() -> Vec<Line> {
    let out = || from(Source::Lambda("fn".into()), "203.0.113.7", What::Tcp(443));
    let out_v6 = || from(Source::Lambda("fn".into()), "2606:4700::1111", What::Tcp(443));
    let in_public = with(&function(), |n| {
        n.edit("Functions", "fn", |f| {
            f["VpcConfig"]["SubnetIds"] = serde_json::json!(["subnet-n"]);
        });
    });
    let one_gone = with(&function(), |n| {
        n.only_local("rtb-2").blackhole("rtb-2", "0.0.0.0/0", "nat-gone");
    });
    let shut = with(&function(), |n| {
        n.edit("SecurityGroups", "sg-fn", |g| {
            g["IpPermissionsEgress"] = serde_json::json!([]);
        });
    });
    let lambda_interface = with(&function(), |n| {
        n.bare_interface("eni-fn", "subnet-1", "10.0.1.20", &["sg-open-a"])
            .set("NetworkInterfaces", "eni-fn", "InterfaceType", "lambda".into())
            .interface("eni-c", "subnet-2", "10.0.2.10");
    });
    vec![
        line("a function behind a NAT gateway", &function(), out(), R).at("internet"),
        line("a function in a public subnet", &in_public, out(), B),
        line("one of two subnets leads nowhere", &one_gone, out(), P),
        line("no egress rule", &shut, out(), B),
        line("IPv6, flag off", &v6(false, "eigw-a"), out_v6(), B),
        line("IPv6, flag on, egress-only", &v6(true, "eigw-a"), out_v6(), R),
        line("IPv6, flag on, internet gateway", &v6(true, "igw-a"), out_v6(), U),
        line(
            "to a function's interface",
            &lambda_interface,
            tcp("eni-c", "10.0.1.20", 443),
            B,
        ),
        line(
            "a task in a public subnet without a public address",
            &function(),
            task(false),
            B,
        ),
        line("a task in a public subnet with one", &function(), task(true), R),
    ]
}
