//! Appliances and virtual private gateways (vpc/latest/userguide/route-table-options.html, vpn/latest/s2svpn).

use super::*;
use crate::ask::{Source, What, from, ip, tcp};

/// Client and server with an appliance `eni-m` between their subnets, both ways.
fn between(check: bool) -> Network {
    with(&pair(), |n| {
        n.subnet("subnet-m", "vpc-a", "10.0.3.0/24", "a")
            .interface("eni-m", "subnet-m", "10.0.3.10")
            .set("NetworkInterfaces", "eni-m", "SourceDestCheck", check.into())
            .table("rtb-c", "vpc-a", &["subnet-c"])
            .route("rtb-c", "10.0.2.0/24", "eni-m")
            .table("rtb-s", "vpc-a", &["subnet-s"])
            .route("rtb-s", "10.0.1.0/24", "eni-m");
    })
}

/// A NAT instance for the internet.
fn nat_instance(check: bool) -> Network {
    with(&pair(), |n| {
        n.igw("igw-a", "vpc-a")
            .subnet("subnet-m", "vpc-a", "10.0.3.0/24", "a")
            .table("rtb-m", "vpc-a", &["subnet-m"])
            .route("rtb-m", "0.0.0.0/0", "igw-a")
            .interface("eni-m", "subnet-m", "10.0.3.10")
            .public("eni-m", "198.51.100.6")
            .set("NetworkInterfaces", "eni-m", "SourceDestCheck", check.into())
            .route("rtb-a", "0.0.0.0/0", "eni-m");
    })
}

fn vpn(propagate: bool, tunnels: &[&str], prefixes: &[&str]) -> Network {
    with(&pair(), |n| {
        n.vgw("vgw-a", "vpc-a");
        if !tunnels.is_empty() {
            n.vpn("vpn-1", ("VpnGatewayId", "vgw-a"), tunnels, prefixes);
        }
        if propagate {
            n.propagated("rtb-a", "192.168.0.0/16", "vgw-a");
        } else {
            n.route("rtb-a", "192.168.0.0/16", "vgw-a");
        }
    })
}

/// Two VPNs on one gateway: `vpn-1` lists 192.168/16 and is down, `vpn-2` lists 172.16/12 and is up.
fn two_vpns(propagate: bool, second_is_static: bool) -> Network {
    with(&vpn(propagate, &["DOWN", "DOWN"], &["192.168.0.0/16"]), |n| {
        n.vpn("vpn-2", ("VpnGatewayId", "vgw-a"), &["UP"], &["172.16.0.0/12"]);
        n.set(
            "VpnConnections",
            "vpn-2",
            "Options",
            serde_json::json!({"StaticRoutesOnly": second_is_static}),
        );
    })
}

pub(super) fn lines() -> Vec<Line> {
    let ask = || tcp("eni-c", "10.0.2.10", 443);
    let home = || tcp("eni-c", "192.168.1.1", 443);
    let inward = || {
        from(
            Source::VpnGateway("vgw-a".into(), ip("192.168.1.1")),
            "10.0.1.10",
            What::Tcp(443),
        )
    };
    let stopped = with(&between(false), |n| {
        n.instance_state("i-m", "stopped");
    });
    let narrow = with(&between(false), |n| {
        n.outward_group("sg-m", "vpc-a")
            .ingress("sg-m", "tcp", (80, 80), "0.0.0.0/0")
            .set(
                "NetworkInterfaces",
                "eni-m",
                "Groups",
                serde_json::json!([{"GroupId": "sg-m"}]),
            );
    });
    let nat_by_vgw = with(&vpn(true, &["UP"], &[]), |n| {
        n.subnet("subnet-n", "vpc-a", "10.0.4.0/24", "a")
            .nat("nat-a", "subnet-n", "10.0.4.5", "198.51.100.9")
            .table("rtb-c", "vpc-a", &["subnet-c"])
            .route("rtb-c", "192.168.0.0/16", "nat-a");
    });
    vec![
        line("an appliance that nobody declared", &between(false), ask(), U),
        line("an appliance with its check on", &between(true), ask(), B),
        line("a transparent appliance", &between(false), ask(), R).transparent("eni-m"),
        line("a transparent instance", &between(false), ask(), R).transparent("i-m"),
        line("a transparent appliance, stopped", &stopped, ask(), B).transparent("eni-m"),
        line(
            "an endpoint whose subnet's table leads back to it",
            &with(&pair(), |n| {
                n.subnet("subnet-f", "vpc-a", "10.0.3.0/24", "a")
                    .balancer_endpoint("vpce-f", "subnet-f")
                    .route("rtb-a", "0.0.0.0/0", "vpce-f");
            }),
            tcp("eni-c", "203.0.113.7", 443),
            B,
        )
        .transparent("vpce-f"),
        line(
            "a transparent appliance in the client's own subnet",
            &with(&pair(), |n| {
                n.interface("eni-m", "subnet-c", "10.0.1.20")
                    .set("NetworkInterfaces", "eni-m", "SourceDestCheck", false.into())
                    .subnet("subnet-3", "vpc-a", "10.0.3.0/24", "a")
                    .interface("eni-3", "subnet-3", "10.0.3.10")
                    .table("rtb-3", "vpc-a", &["subnet-3"])
                    .route("rtb-3", "10.0.1.0/24", "eni-m");
            }),
            tcp("eni-3", "10.0.1.10", 443).one_way(),
            U,
        )
        .transparent("eni-m"),
        line(
            "a transparent appliance whose group does not let it in",
            &narrow,
            ask(),
            B,
        )
        .transparent("eni-m"),
        line(
            "a NAT instance with its check on",
            &nat_instance(true),
            tcp("eni-c", "203.0.113.7", 443),
            B,
        ),
        line(
            "a NAT instance with its check off",
            &nat_instance(false),
            tcp("eni-c", "203.0.113.7", 443),
            U,
        ),
        line(
            "VPN, propagated, one tunnel up",
            &vpn(true, &["DOWN", "UP"], &[]),
            home(),
            R,
        ),
        line(
            "VPN, propagated, both down",
            &vpn(true, &["DOWN", "DOWN"], &[]),
            home(),
            B,
        ),
        line(
            "VPN, static route that the connection lists",
            &vpn(false, &["UP"], &["192.168.0.0/16"]),
            home(),
            R,
        ),
        line(
            "VPN, static route that nothing lists",
            &vpn(false, &["UP"], &["172.16.0.0/12"]),
            home(),
            U,
        ),
        line("no VPN to be seen", &vpn(false, &[], &[]), home(), U),
        line(
            "two VPNs, only the one that is down lists the prefix, the other is static",
            &two_vpns(false, true),
            home(),
            B,
        ),
        line("the same, propagated", &two_vpns(true, true), home(), B),
        line("the same, inward", &two_vpns(true, true), inward().one_way(), B),
        line(
            "two VPNs, only the one that is down lists the prefix, the other may have learnt it",
            &two_vpns(true, false),
            home(),
            R,
        ),
        line(
            "two VPNs, the one that is up lists the prefix",
            &with(&two_vpns(true, true), |n| {
                n.route("rtb-a", "172.16.0.0/12", "vgw-a");
            }),
            tcp("eni-c", "172.16.0.1", 443),
            R,
        ),
        line(
            "on-premises to an instance",
            &vpn(true, &["UP"], &[]),
            inward(),
            R,
        ),
        line(
            "on-premises to an instance, no tunnel up, no reply asked",
            &vpn(true, &["DOWN", "DOWN"], &[]),
            inward().one_way(),
            B,
        ),
        line(
            "on-premises to a NAT gateway",
            &nat_by_vgw,
            from(
                Source::VpnGateway("vgw-a".into(), ip("192.168.1.1")),
                "10.0.4.5",
                What::Tcp(443),
            ),
            B,
        ),
        line("a NAT gateway to on-premises", &nat_by_vgw, home(), R).at("vgw-a"),
    ]
}
