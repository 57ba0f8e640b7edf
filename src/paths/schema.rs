//! The JSON schema of a path file, for editors: completion, descriptions, and most of what [`super::read`] refuses.
//!
//! What it takes is not always valid: rules between values, such as unique names, are beyond it. What it refuses is
//! never valid; a test holds it against the same files as the reader.

use serde_json::{Value, json};

use super::component::{FORWARDING, TRANSPARENT_KINDS};
use super::end::TAGGED_KINDS;
use crate::network::Kind;

const ADDRESS_V4: &str = r"(?:(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])\.){3}(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(?:/(?:3[0-2]|[12]?[0-9]))?";
const ADDRESS_V6: &str =
    r"[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(?:/(?:12[0-8]|1[01][0-9]|[1-9]?[0-9]))?";
const PORT: &str =
    r"(?:6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3}|0)";
const DURATION: &str = r"(?=[0-9])(?:[0-9]+d)?(?:[0-9]+h)?(?:[0-9]+m)?(?:[0-9]+s)?";
const INSTANT: &str = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:[Zz]|[+-][0-9]{2}:?[0-9]{2}(?::?[0-9]{2})?)$";
const ARN: &str = r"arn:aws[a-z-]*";

/// The schema, in the draft of 2020-12.
pub fn schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "hopwatch path file",
        "description": "The network paths that must work, or must not.",
        "type": "object",
        "required": ["version", "paths"],
        "additionalProperties": false,
        "properties": {
            "version": { "description": "The version of this format.", "type": "number", "const": 1 },
            "defaults": { "$ref": "#/$defs/defaults" },
            "snapshotScope": {
                "description": "Where to look. Default: the account and Region that hopwatch runs in.",
                "type": "array",
                "items": { "$ref": "#/$defs/scope" }
            },
            "endpoints": {
                "description": "Names for ends that several paths share. A name may not look like an id, an ARN, an address, a CIDR block or `internet`.",
                "type": "object",
                "propertyNames": { "minLength": 1, "not": { "anyOf": [
                    { "pattern": "^[Ii][Nn][Tt][Ee][Rr][Nn][Ee][Tt]$" },
                    { "pattern": "^[Aa][Rr][Nn]:" },
                    { "pattern": format!("^(?:{ADDRESS_V4}|{ADDRESS_V6})$") },
                    { "pattern": r"^(?:tgw-attach|tgw-rtb|vpce-svc|subnet|eigw|vpce|eni|nat|igw|pcx|tgw|vgw|vpn|vpc|acl|rtb|cgw|lgw|sg|pl|i)-[0-9a-f]+$" },
                    { "pattern": r"^\s|\s$" }
                ] } },
                "additionalProperties": { "$ref": "#/$defs/end" }
            },
            "transparent": {
                "description": "Appliances that pass every packet unchanged, both ways: ids, ARNs or tags of instances, interfaces and Gateway Load Balancer endpoints.",
                "type": "array",
                "items": { "anyOf": [
                    { "type": "string", "pattern": format!("^(?:{ARN}:ec2:[^:]*:[^:]*:.*/)?(?:i|eni|vpce)-(?!svc-)[0-9A-Za-z-]+$") },
                    {
                        "type": "object",
                        "required": ["tag"],
                        "additionalProperties": false,
                        "properties": { "tag": { "$ref": "#/$defs/tag" }, "kind": words(TRANSPARENT_KINDS) }
                    }
                ] }
            },
            "paths": {
                "description": "The paths, each with a name of its own.",
                "type": "array",
                "items": { "$ref": "#/$defs/path" }
            }
        },
        // What a default could still give, a path alone need not.
        "allOf": [
            {
                "if": without_defaults(&["protocol", "destinationPort", "expect", "filterAtSource"]),
                "then": { "properties": { "paths": { "items": { "$ref": "#/$defs/hasPort" } } } }
            },
            {
                "if": without_defaults(&["reason"]),
                "then": { "properties": { "paths": { "items": { "dependentRequired": { "muteUntil": ["reason"] } } } } }
            }
        ],
        "$defs": {
            "path": path(),
            "defaults": defaults(),
            "fits": fits(),
            "hasPort": has_port(),
            "scope": scope(),
            "end": end(),
            "tag": tag(),
            "address": {
                "type": "string",
                "pattern": format!("^(?:{ADDRESS_V4}|{ADDRESS_V6})$"),
                "examples": ["198.51.100.22", "10.0.0.0/16", "2001:db8::/32"]
            },
            "addresses": one_or_more(json!({ "$ref": "#/$defs/address" })),
            "port": { "anyOf": [
                { "type": "integer", "minimum": 0, "maximum": 65535 },
                { "type": "string", "pattern": format!("^{PORT}(?: *- *{PORT})?$") }
            ] },
            "ports": { "anyOf": [
                { "const": "all" },
                { "$ref": "#/$defs/port" },
                { "type": "array", "minItems": 1, "items": { "$ref": "#/$defs/port" } }
            ] },
            "portRange": port_range(),
            "filter": filter(),
            "duration": { "type": "string", "pattern": format!("^{DURATION}$"), "examples": ["90s", "10m", "1h30m", "3d"] },
            "reminder": { "type": "string", "pattern": format!("^(?:never|{DURATION})$"), "examples": ["24h", "never"] },
            "components": components(),
            "window": window()
        }
    })
}

fn words(kinds: &[Kind]) -> Value {
    json!({ "enum": kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>() })
}

fn one_or_more(item: Value) -> Value {
    json!({ "anyOf": [item.clone(), { "type": "array", "minItems": 1, "items": item }] })
}

fn without_defaults(keys: &[&str]) -> Value {
    let absent: Vec<Value> = keys
        .iter()
        .map(|key| json!({ "not": { "required": [key] } }))
        .collect();
    json!({ "properties": { "defaults": { "allOf": absent } } })
}

/// What `defaults` and a path have in common.
fn shared() -> Value {
    json!({
        "protocol": {
            "description": "The protocol by name or number; `icmp` and `icmpv6` are echo requests. Default: tcp.",
            "anyOf": [
                { "enum": ["tcp", "udp", "icmp", "icmpv6", "all"] },
                { "type": "integer", "minimum": 0, "maximum": 255 },
                { "type": "string", "pattern": "^(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])$" }
            ]
        },
        "destinationPort": {
            "description": "A port, a range, a list of both, or `all` (1-65535). Every one must work. Required for tcp and udp, unless nothing may arrive.",
            "$ref": "#/$defs/ports",
            "examples": [443, "8000-8100", [22, 443], "all"]
        },
        "ipAddressType": {
            "description": "The families that must work. Default: those that both ends have.",
            "enum": ["ipv4", "ipv6", "dualstack"]
        },
        "clientPorts": {
            "description": "The client's ports. Default: 32768-60999 for instances and tasks (on Windows 49152-65535), 1024-65535 for all else.",
            "$ref": "#/$defs/ports"
        },
        "sourcePorts": { "description": "Another name for clientPorts.", "$ref": "#/$defs/ports" },
        "expect": {
            "description": "Whether every packet must arrive (the default), or not a single one may.",
            "enum": ["reachable", "blocked"]
        },
        "require": {
            "description": "How much must work: all (the default) or some of it. Not with `expect: blocked`.",
            "enum": ["all", "any"]
        },
        "reply": { "description": "Whether replies must come back. Default: required.", "enum": ["required", "ignored"] },
        "filterAtSource": { "description": "What leaves the source: these addresses and ports take the place of the ends' own.", "$ref": "#/$defs/filter" },
        "filterAtDestination": { "description": "What counts as arriving.", "$ref": "#/$defs/filter" },
        "severity": { "description": "How bad a break is. Default: medium.", "enum": ["critical", "high", "medium", "low"] },
        "owner": { "description": "Whose path it is.", "type": "string", "pattern": r"\S" },
        "runbook": {
            "description": "What to read when it breaks: an https address.",
            "type": "string",
            "pattern": r"^https://[^\s/:?#.]\S*$",
            "maxLength": 2000,
            "examples": ["https://wiki.example/sftp"]
        },
        "labels": {
            "description": "Whatever else there is to say of it.",
            "type": "object",
            "additionalProperties": { "type": "string" }
        },
        "topicArn": {
            "description": "The SNS topic for its alerts, of those that the deployment allows. Default: the deployment's.",
            "type": "string",
            "pattern": format!(r"^{ARN}:sns:[a-z0-9-]+:[0-9]{{12}}:[A-Za-z0-9_-]{{1,256}}(?:\.fifo)?$")
        },
        "settle": {
            "description": "How long a break must last before it is announced: 0 to 15 minutes. Default: 0s.",
            "$ref": "#/$defs/duration"
        },
        "remindAfter": {
            "description": "When a break is announced again for the first time: an hour or more, or `never`. Default: 72h.",
            "$ref": "#/$defs/reminder"
        },
        "remindEvery": {
            "description": "How often from then on: an hour or more, or `never`. Default: 24h.",
            "$ref": "#/$defs/reminder"
        },
        "maintenanceWindows": {
            "description": "When breaks are recorded, and announced at the end if they are still there.",
            "type": "array",
            "items": { "$ref": "#/$defs/window" }
        },
        "muteUntil": {
            "description": "Until when breaks are recorded only. Needs a reason.",
            "type": "string",
            "pattern": INSTANT,
            "examples": ["2030-01-31T18:00:00Z"]
        },
        "reason": { "description": "Why it is muted.", "type": "string", "pattern": r"\S" },
        "confirm": {
            "description": "Whether AWS's Reachability Analyzer is asked for a second opinion on a transition. Default: off.",
            "enum": ["off", "reachability-analyzer"]
        }
    })
}

fn defaults() -> Value {
    json!({
        "description": "What paths say that do not say otherwise. A default that does not fit a path is not applied to it.",
        "type": "object",
        "additionalProperties": false,
        "properties": shared(),
        "$ref": "#/$defs/fits"
    })
}

fn path() -> Value {
    let mut properties = json!({
        "name": {
            "description": "Its name, unique in the file: state and alerts hang on it.",
            "type": "string",
            "minLength": 1,
            "maxLength": 200,
            "pattern": r"^(?!.*[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff])\S(?:.*\S)?$",
            "examples": ["order-sync → partner SFTP"]
        },
        "source": { "description": "Where it starts.", "$ref": "#/$defs/end" },
        "destination": { "description": "Where it leads.", "$ref": "#/$defs/end" },
        "via": {
            "description": "What every packet must cross on its way there, in this order.",
            "$ref": "#/$defs/components"
        },
        "notVia": { "description": "What no packet may cross.", "$ref": "#/$defs/components" }
    });
    if let (Some(properties), Value::Object(shared)) = (properties.as_object_mut(), shared()) {
        properties.extend(shared);
    }
    json!({
        "description": "A path that must work, or must not.",
        "type": "object",
        "required": ["name", "source", "destination"],
        "additionalProperties": false,
        "properties": properties,
        "$ref": "#/$defs/fits"
    })
}

/// The rules between keys of one map.
fn fits() -> Value {
    let no_range = json!({ "not": { "anyOf": [{ "required": ["sourcePortRange"] }, { "required": ["destinationPortRange"] }] } });
    json!({ "allOf": [
        { "not": { "required": ["clientPorts", "sourcePorts"] } },
        {
            "if": { "required": ["expect"], "properties": { "expect": { "const": "blocked" } } },
            "then": { "not": { "required": ["require"] } }
        },
        {
            "if": { "required": ["protocol"], "properties": { "protocol": portless() } },
            "then": {
                "properties": { "filterAtSource": no_range, "filterAtDestination": no_range },
                "not": { "anyOf": [
                    { "required": ["destinationPort"] }, { "required": ["clientPorts"] }, { "required": ["sourcePorts"] }
                ] }
            }
        },
        {
            "if": { "required": ["destinationPort"] },
            "then": { "properties": { "filterAtSource": { "not": { "required": ["destinationPortRange"] } } } }
        },
        {
            "if": { "anyOf": [{ "required": ["clientPorts"] }, { "required": ["sourcePorts"] }] },
            "then": { "properties": { "filterAtSource": { "not": { "required": ["sourcePortRange"] } } } }
        }
    ] })
}

fn portless() -> Value {
    json!({ "not": { "enum": ["tcp", "udp", 6, 17, "6", "17"] } })
}

fn has_port() -> Value {
    json!({ "anyOf": [
        { "required": ["destinationPort"] },
        { "required": ["filterAtSource"], "properties": { "filterAtSource": { "required": ["destinationPortRange"] } } },
        { "required": ["expect"], "properties": { "expect": { "const": "blocked" } } },
        { "required": ["protocol"], "properties": { "protocol": portless() } }
    ] })
}

fn scope() -> Value {
    json!({
        "type": "object",
        "required": ["region"],
        "additionalProperties": false,
        "properties": {
            "region": { "$ref": "#/$defs/end/$defs/region" },
            "roleArn": {
                "description": "The role to assume there.",
                "type": "string",
                "pattern": format!(r"^{ARN}:iam::[0-9]{{12}}:role/\S+$")
            },
            "externalId": { "description": "The external id to assume it with.", "type": "string", "pattern": r"\S" }
        },
        "dependentRequired": { "externalId": ["roleArn"] }
    })
}

fn tag() -> Value {
    json!({
        "description": "All keys must match, any value of a list.",
        "type": "object",
        "minProperties": 1,
        "additionalProperties": one_or_more(json!({ "type": "string" })),
        "examples": [{ "Name": "app", "Stage": ["test", "prod"] }]
    })
}

fn end() -> Value {
    let form = |required: &[&str], mut properties: Value| {
        if let Some(properties) = properties.as_object_mut() {
            for key in ["account", "region", "vpc"] {
                properties.insert(
                    key.to_owned(),
                    json!({ "$ref": format!("#/$defs/end/$defs/{key}") }),
                );
            }
        }
        json!({ "type": "object", "required": required, "additionalProperties": false, "properties": properties })
    };
    let arn_or =
        |arn: &str, name: &str| json!({ "type": "string", "pattern": format!("^(?:{ARN}:{arn}|{name})$") });
    let ids = |prefix: &str| json!({ "type": "array", "minItems": 1, "items": { "type": "string", "pattern": format!("^(?:{ARN}:ec2:.*/)?{prefix}-[0-9A-Za-z-]+$") } });
    json!({
        "description": "An id, an ARN, an address, a CIDR block, `internet`, a name under `endpoints`, or a map that says what it is.",
        "examples": ["eni-0aa11bb22cc33dd44", "198.51.100.22", "internet", { "lambda": "order-sync" }, { "rds": "orders" }],
        "anyOf": [
            {
                "type": "string",
                "minLength": 1,
                "not": { "anyOf": [
                    { "pattern": r"^\s|\s$" },
                    { "pattern": "^(?:tgw-rtb|vpce-svc|eipalloc|eipassoc|cagw|eigw|vpn|vpc|acl|rtb|cgw|lgw|sg)-[0-9a-f]+$" },
                    { "pattern": format!("^[Aa][Rr][Nn]:(?!{}:(?:ec2|lambda|rds|elasticloadbalancing):[a-z0-9-]*:[0-9]*:.)", ARN.trim_start_matches("arn:")) },
                    { "pattern": format!("^(?!{ADDRESS_V4}$)[0-9.]*\\.[0-9.]*(?:/.*)?$") }
                ] }
            },
            form(&["lambda"], json!({ "lambda": arn_or(r"lambda:[a-z0-9-]+:[0-9]{12}:function:[^\s:]+(?::[^\s:]+)?", r"[A-Za-z0-9_.$-]{1,140}(?::[A-Za-z0-9_.$-]{1,140})?") })),
            form(&["subnet"], json!({ "subnet": { "type": "string", "pattern": format!("^(?:{ARN}:ec2:.*/)?subnet-[0-9A-Za-z-]+$") } })),
            form(&["subnets", "securityGroups"], json!({
                "subnets": ids("subnet"),
                "securityGroups": ids("sg"),
                "assignPublicIp": { "description": "Whether each gets a public address (Fargate).", "type": "boolean" }
            })),
            form(&["tag"], json!({ "tag": { "$ref": "#/$defs/tag" }, "kind": words(TAGGED_KINDS) })),
            form(&["loadBalancer"], json!({ "loadBalancer": arn_or(r"elasticloadbalancing:[^:]*:[^:]*:loadbalancer/\S+", "[A-Za-z0-9-]{1,32}") })),
            form(&["rds"], json!({ "rds": arn_or(r"rds:[^:]*:[^:]*:(?:db|cluster):\S+", "[A-Za-z0-9-]{1,63}") })),
            form(&["ip"], json!({ "ip": { "$ref": "#/$defs/addresses" } })),
            form(&["prefixList"], json!({ "prefixList": { "type": "string", "pattern": format!("^(?:{ARN}:ec2:.*/)?pl-[0-9A-Za-z-]+$") } })),
            form(&["onPremises"], json!({ "onPremises": { "$ref": "#/$defs/addresses" } })),
            form(&["host"], json!({
                "host": {
                    "description": "A host name, resolved when the path is evaluated unless `ip` pins it.",
                    "type": "string",
                    "maxLength": 254,
                    "pattern": format!(r"^(?!{ADDRESS_V4}$)[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?)*\.?$")
                },
                "ip": { "$ref": "#/$defs/addresses" }
            }))
        ],
        "$defs": {
            "account": { "description": "Only in this account.", "type": "string", "pattern": "^[0-9]{12}$" },
            "region": { "description": "Only in this Region.", "type": "string", "pattern": "^[a-z]{2,4}(?:-[a-z]+){1,2}-[0-9]{1,2}$", "examples": ["eu-west-1"] },
            "vpc": { "description": "Only in this VPC.", "type": "string", "pattern": format!("^(?:{ARN}:ec2:.*/)?vpc-[0-9A-Za-z-]+$") }
        }
    })
}

fn port_range() -> Value {
    json!({
        "type": "object",
        "required": ["fromPort", "toPort"],
        "additionalProperties": false,
        "properties": { "fromPort": { "$ref": "#/$defs/port" }, "toPort": { "$ref": "#/$defs/port" } }
    })
}

fn filter() -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "sourceAddress": { "$ref": "#/$defs/address" },
            "destinationAddress": { "$ref": "#/$defs/address" },
            "sourcePortRange": { "$ref": "#/$defs/portRange" },
            "destinationPortRange": { "$ref": "#/$defs/portRange" }
        }
    })
}

fn components() -> Value {
    json!({
        "type": "array",
        "minItems": 1,
        "items": { "anyOf": [
            words(FORWARDING),
            { "type": "string", "pattern": "^(?:tgw-attach|eigw|vpce|eni|nat|igw|pcx|tgw|vgw|vpn|i)-(?!rtb-|svc-)[0-9A-Za-z-]+$" },
            { "type": "string", "pattern": "^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$" },
            { "type": "string", "pattern": format!("^{ARN}:(?:ec2:.*/(?:tgw-attach|eigw|vpce|eni|nat|igw|pcx|tgw|vgw|vpn|i)-[0-9A-Za-z-]+|elasticloadbalancing:[^:]*:[^:]*:loadbalancer/.+|network-firewall:[^:]*:[^:]*:firewall/.+|directconnect:[^:]*:[^:]*:dx-gateway/.+)$") }
        ] },
        "examples": [["nat-gateway", "internet-gateway"]]
    })
}

fn window() -> Value {
    json!({
        "type": "object",
        "required": ["cron", "duration"],
        "additionalProperties": false,
        "properties": {
            "cron": {
                "description": "When it starts: minute, hour, day of month, month, day of week.",
                "type": "string",
                "pattern": r"^\s*[^\s@]\S*(?:\s+\S+){4}\s*$",
                "examples": ["0 2 * * sun"]
            },
            "duration": { "description": "How long it lasts: up to 31 days.", "$ref": "#/$defs/duration" },
            "timeZone": {
                "description": "The IANA time zone of `cron`. Default: UTC.",
                "type": "string",
                "examples": ["Europe/Berlin"]
            }
        }
    })
}
