//! The keys that the maps of a path file may have, and what people write instead.

use super::fields::{Known, Slip};

pub(super) const FILE: Known = Known {
    what: "a path file",
    keys: &[
        "version",
        "defaults",
        "snapshotScope",
        "endpoints",
        "transparent",
        "paths",
    ],
    slips: &[&[
        ("default", "did you mean `defaults`?"),
        ("scope", "did you mean `snapshotScope`?"),
        ("path", "did you mean `paths`?"),
        ("requiredPaths", "did you mean `paths`?"),
        (
            "NetworkInsightsPaths",
            "`hopwatch import` makes a path file of it",
        ),
    ]],
};

pub(super) const SCOPE: Known = Known {
    what: "an entry of `snapshotScope`",
    keys: &["region", "roleArn", "externalId"],
    slips: &[&[
        ("account", "the account is the one of `roleArn`"),
        ("role", "did you mean `roleArn`?"),
    ]],
};

const SLIPS: &[Slip] = &[
    ("from", "did you mean `source`?"),
    ("src", "did you mean `source`?"),
    ("to", "did you mean `destination`?"),
    ("dest", "did you mean `destination`?"),
    ("dst", "did you mean `destination`?"),
    ("target", "did you mean `destination`?"),
    ("port", "did you mean `destinationPort`?"),
    ("ports", "did you mean `destinationPort`?"),
    ("dport", "did you mean `destinationPort`?"),
    ("destPort", "did you mean `destinationPort`?"),
    ("dstPort", "did you mean `destinationPort`?"),
    ("toPort", "did you mean `destinationPort`?"),
    ("portRange", "did you mean `destinationPort`?"),
    ("sourcePort", "did you mean `sourcePorts`?"),
    ("srcPort", "did you mean `sourcePorts`?"),
    ("clientPort", "did you mean `clientPorts`?"),
    ("ephemeralPorts", "did you mean `clientPorts`?"),
    ("ipProtocol", "did you mean `protocol`?"),
    ("proto", "did you mean `protocol`?"),
    ("family", "did you mean `ipAddressType`?"),
    ("ipVersion", "did you mean `ipAddressType`?"),
    ("expected", "did you mean `expect`?"),
    ("through", "did you mean `via`?"),
    ("filterInArns", "did you mean `via`?"),
    (
        "filterOutArns",
        "`notVia` says what no packet may cross; AWS's FilterOutArns (\"as if it were absent\") has no counterpart",
    ),
    ("exclude", "did you mean `notVia`?"),
    ("priority", "did you mean `severity`?"),
    ("tags", "did you mean `labels`?"),
    ("topic", "did you mean `topicArn`?"),
    ("snsTopic", "did you mean `topicArn`?"),
    ("grace", "did you mean `settle`?"),
    ("mute", "did you mean `muteUntil`?"),
    ("muteReason", "did you mean `reason`?"),
    ("description", "what people should know goes under `labels`"),
];

const OWN: &[Slip] = &[
    ("name", "each path has its own; write it there"),
    (
        "source",
        "each path has its own; write it there, or name it under `endpoints`",
    ),
    (
        "destination",
        "each path has its own; write it there, or name it under `endpoints`",
    ),
    ("via", "each path has its own; write it there"),
    ("notVia", "each path has its own; write it there"),
];

pub(super) const PATH: Known = Known {
    what: "a path",
    keys: &[
        "name",
        "source",
        "destination",
        "protocol",
        "destinationPort",
        "ipAddressType",
        "clientPorts",
        "sourcePorts",
        "expect",
        "require",
        "reply",
        "via",
        "notVia",
        "filterAtSource",
        "filterAtDestination",
        "severity",
        "owner",
        "runbook",
        "labels",
        "topicArn",
        "settle",
        "remindAfter",
        "remindEvery",
        "maintenanceWindows",
        "muteUntil",
        "reason",
        "confirm",
    ],
    slips: &[SLIPS],
};

pub(super) const DEFAULTS: Known = Known {
    what: "`defaults`",
    keys: &[
        "protocol",
        "destinationPort",
        "ipAddressType",
        "clientPorts",
        "sourcePorts",
        "expect",
        "require",
        "reply",
        "filterAtSource",
        "filterAtDestination",
        "severity",
        "owner",
        "runbook",
        "labels",
        "topicArn",
        "settle",
        "remindAfter",
        "remindEvery",
        "maintenanceWindows",
        "muteUntil",
        "reason",
        "confirm",
    ],
    slips: &[OWN, SLIPS],
};

pub(super) const FILTER: Known = Known {
    what: "a filter",
    keys: &[
        "sourceAddress",
        "destinationAddress",
        "sourcePortRange",
        "destinationPortRange",
    ],
    slips: &[&[
        ("sourceIp", "did you mean `sourceAddress`?"),
        ("destinationIp", "did you mean `destinationAddress`?"),
        ("sourcePort", "did you mean `sourcePortRange`?"),
        ("sourcePorts", "did you mean `sourcePortRange`?"),
        ("destinationPort", "did you mean `destinationPortRange`?"),
        ("destinationPorts", "did you mean `destinationPortRange`?"),
    ]],
};

pub(super) const PORT_RANGE: Known = Known {
    what: "a range of ports",
    keys: &["fromPort", "toPort"],
    slips: &[&[
        ("from", "did you mean `fromPort`?"),
        ("to", "did you mean `toPort`?"),
    ]],
};

pub(super) const WINDOW: Known = Known {
    what: "a maintenance window",
    keys: &["cron", "duration", "timeZone"],
    slips: &[&[
        ("schedule", "did you mean `cron`?"),
        ("start", "did you mean `cron`?"),
        ("length", "did you mean `duration`?"),
        ("tz", "did you mean `timeZone`?"),
        ("zone", "did you mean `timeZone`?"),
    ]],
};

pub(super) const END: Known = Known {
    what: "an end",
    keys: &[
        "lambda",
        "subnet",
        "subnets",
        "securityGroups",
        "assignPublicIp",
        "tag",
        "kind",
        "loadBalancer",
        "rds",
        "ip",
        "prefixList",
        "onPremises",
        "host",
        "account",
        "region",
        "vpc",
    ],
    slips: &[&[
        ("function", "did you mean `lambda`?"),
        ("cidr", "did you mean `ip`?"),
        ("address", "did you mean `ip`?"),
        ("addresses", "did you mean `ip`?"),
        ("ips", "did you mean `ip`?"),
        ("hostname", "did you mean `host`?"),
        ("dns", "did you mean `host`?"),
        ("fqdn", "did you mean `host`?"),
        ("domain", "did you mean `host`?"),
        ("tags", "did you mean `tag`?"),
        ("db", "did you mean `rds`?"),
        ("database", "did you mean `rds`?"),
        ("cluster", "did you mean `rds`?"),
        ("lb", "did you mean `loadBalancer`?"),
        ("elb", "did you mean `loadBalancer`?"),
        ("alb", "did you mean `loadBalancer`?"),
        ("nlb", "did you mean `loadBalancer`?"),
        (
            "securityGroup",
            "a workload has lists: `{ subnets: […], securityGroups: […] }`",
        ),
        (
            "sg",
            "a workload has lists: `{ subnets: […], securityGroups: […] }`",
        ),
        ("id", "an id is written alone: `source: eni-…`"),
        ("arn", "an ARN is written alone: `source: arn:…`"),
        (
            "name",
            "a name is written alone: `source: partner`; a resource by its tag as `{ tag: { Name: … } }`",
        ),
        (
            "endpoint",
            "a name under `endpoints` is written alone: `source: partner`",
        ),
        (
            "instance",
            "an instance is written as its id alone, or as `{ tag: { Name: … }, kind: instance }`",
        ),
        ("eni", "an interface is written as its id alone: `source: eni-…`"),
        ("nat", "a NAT gateway is written as its id alone: `source: nat-…`"),
        (
            "natGateway",
            "a NAT gateway is written as its id alone: `source: nat-…`",
        ),
        (
            "igw",
            "an internet gateway is written as its id alone: `source: igw-…`",
        ),
        (
            "internetGateway",
            "an internet gateway is written as its id alone: `source: igw-…`",
        ),
        ("internet", "the internet is written alone: `source: internet`"),
    ]],
};

pub(super) const TRANSPARENT: Known = Known {
    what: "an appliance under `transparent`",
    keys: &["tag", "kind"],
    slips: &[&[
        ("tags", "did you mean `tag`?"),
        ("id", "an id is written alone: `- i-…`"),
        ("arn", "an ARN is written alone: `- arn:…`"),
    ]],
};
