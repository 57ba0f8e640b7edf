//! A stage: a network that can be changed, paths, a store, a clock, and the events of what is done to it.

use hopwatch::alert::{Alert, AlertKind};
use hopwatch::cli::snapshot_files;
use hopwatch::event::{Again, Change, Invocation, Own, Request, Sweep, SweepPart, parse};
use hopwatch::monitor::{
    Batch, Channels, Decision, Input, MemoryStore, Message, PublishError, Publisher, Record, decide, step,
};
use hopwatch::network::id::NetworkAclId;
use hopwatch::network::network_acl::{NetworkAcl, NetworkAclEntry};
use hopwatch::network::{Snapshot, Table};
use hopwatch::paths::model::RequiredPath;
use hopwatch::reach::Surroundings;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::hopwatch::root;

/// The network ACL of the public subnet, through which all goes out.
pub(crate) const ACL: &str = "acl-08264d1baf9c7e531";

/// The path that the tests watch, and one that the same rule carries.
pub(crate) const SFTP: &str = "order-sync → partner SFTP";
pub(crate) const INVOICES: &str = "invoice-export → partner SFTP";

/// Keeps what was sent.
#[derive(Debug, Default)]
pub(crate) struct Sent(pub(crate) Vec<Message>);

impl Publisher for Sent {
    fn publish(&mut self, message: &Message) -> Result<(), PublishError> {
        self.0.push(message.clone());
        Ok(())
    }
}

pub(crate) struct Stage {
    pub(crate) paths: Vec<RequiredPath>,
    pub(crate) network: Snapshot,
    pub(crate) before: Option<Snapshot>,
    pub(crate) store: MemoryStore,
    pub(crate) now: Timestamp,
    pub(crate) last: Decision,
    /// What was taken away to blind the monitor.
    pub(crate) hidden: Option<Table<NetworkAclId, NetworkAcl>>,
    events: u32,
}

/// One path and what a test adds to it, as the path file words it.
pub(crate) fn one_path(more: &str) -> String {
    format!(
        "version: 1\npaths:\n  - name: {SFTP}\n    source: {{ lambda: order-sync }}\n    destination: 198.51.100.22\n    destinationPort: 22\n{more}"
    )
}

pub(crate) fn read(file: &str) -> Vec<RequiredPath> {
    hopwatch::paths::read(file, "test.yaml", None).unwrap().file.paths
}

pub(crate) fn network() -> Snapshot {
    snapshot_files::load(&root().join("events/sftp-outage/before"))
        .unwrap()
        .snapshot
}

impl Stage {
    /// With one path, looked at once: it is up, and nothing was said.
    pub(crate) fn up() -> Self {
        Self::up_with(&one_path(""))
    }

    /// The same with another file, all paths of which are up.
    pub(crate) fn up_with(file: &str) -> Self {
        let mut stage = Self::new(file);
        assert_eq!(stage.sweep(), []);
        stage
    }

    pub(crate) fn new(file: &str) -> Self {
        Self {
            paths: read(file),
            network: network(),
            before: None,
            store: MemoryStore::default(),
            now: "2026-05-04T09:00:00Z".parse().unwrap(),
            last: Decision::default(),
            hidden: None,
            events: 0,
        }
    }

    pub(crate) fn pass(&mut self, time: SignedDuration) {
        self.now = self.now.checked_add(time).unwrap();
    }

    pub(crate) fn input<'a>(&'a self, batch: &'a Batch, extra: &'a Extra) -> Input<'a> {
        Input {
            batch,
            paths: &self.paths,
            surroundings: &extra.surroundings,
            after: &self.network,
            before: self.before.as_ref(),
            records: self.store.records(),
            now: self.now,
            channels: &extra.channels,
        }
    }

    /// Runs a batch, and gives what was sent.
    pub(crate) fn run(&mut self, batch: &Batch) -> Vec<Alert> {
        let mut store = std::mem::take(&mut self.store);
        let mut sent = Sent::default();
        let extra = Extra::default();
        let (decision, performed) = step(&mut store, &mut sent, |records| {
            decide(&Input {
                records,
                ..self.input(batch, &extra)
            })
        })
        .unwrap();
        assert!(performed.conflicts.is_empty() && performed.failed.is_empty());
        self.store = store;
        self.before = None;
        self.last = decision;
        sent.0.into_iter().map(|message| message.alert).collect()
    }

    pub(crate) fn events(&mut self, changes: &[Change]) -> Vec<Alert> {
        self.run(&Batch {
            changes: changes.to_vec(),
            ..Batch::default()
        })
    }

    pub(crate) fn sweep(&mut self) -> Vec<Alert> {
        self.run(&sweep())
    }

    pub(crate) fn again(&mut self, attempt: u32) -> Vec<Alert> {
        self.run(&Batch {
            agains: vec![Again {
                paths: self.paths.iter().map(|path| path.name.clone()).collect(),
                event: None,
                attempt,
            }],
            ..Batch::default()
        })
    }

    pub(crate) fn record(&self, name: &str) -> &Record {
        self.store.records().get(name).unwrap()
    }

    /// Deletes the rule that lets SFTP out, in the network too, and gives the event.
    pub(crate) fn break_it(&mut self) -> Change {
        self.before = Some(self.network.clone());
        self.delete_entry(130, true)
    }

    /// The same; while the monitor is blind no event comes of it.
    pub(crate) fn break_it_quietly(&mut self) -> Option<Change> {
        match &mut self.hidden {
            Some(hidden) => {
                let acl = hidden.get_mut(&NetworkAclId::from(ACL)).unwrap();
                acl.entries
                    .retain(|entry| entry.rule_number != 130 || !entry.egress);
                None
            }
            None => Some(self.break_it()),
        }
    }

    /// Puts it back; while the monitor is blind no event comes of it.
    pub(crate) fn mend_it_quietly(&mut self) -> Option<Change> {
        match &mut self.hidden {
            Some(hidden) => {
                let acl = hidden.get_mut(&NetworkAclId::from(ACL)).unwrap();
                acl.entries.push(entry(130, true, 22, "198.51.100.0/24"));
                None
            }
            None => Some(self.mend_it()),
        }
    }

    /// Puts it back.
    pub(crate) fn mend_it(&mut self) -> Change {
        self.before = Some(self.network.clone());
        self.create_entry(entry(130, true, 22, "198.51.100.0/24"))
    }

    pub(crate) fn delete_entry(&mut self, number: u32, egress: bool) -> Change {
        acl(&mut self.network)
            .entries
            .retain(|entry| entry.rule_number != number || entry.egress != egress);
        self.event(
            "DeleteNetworkAclEntry",
            json!({"networkAclId": ACL, "ruleNumber": number, "egress": egress}),
        )
    }

    pub(crate) fn create_entry(&mut self, entry: NetworkAclEntry) -> Change {
        let range = entry.port_range.unwrap();
        let request = json!({"networkAclId": ACL, "ruleNumber": entry.rule_number, "egress": entry.egress,
            "ruleAction": entry.rule_action.as_str(), "portRange": {"from": range.from, "to": range.to},
            "aclProtocol": entry.protocol, "cidrBlock": entry.cidr_block.map(|net| net.to_string())});
        acl(&mut self.network).entries.push(entry);
        self.event("CreateNetworkAclEntry", request)
    }

    /// The event of a call that was made now.
    pub(crate) fn event(&mut self, name: &str, request: Value) -> Change {
        self.events += 1;
        event(name, request, self.now, self.events, "jo.example")
    }

    /// Makes the network untellable: what the path needs was not read.
    pub(crate) fn blind(&mut self) {
        self.network.network_acls = Table::default();
    }
}

/// What every input needs.
pub(crate) struct Extra {
    pub(crate) surroundings: Surroundings,
    pub(crate) channels: Channels,
}

impl Default for Extra {
    fn default() -> Self {
        Self {
            surroundings: Surroundings::default(),
            channels: Channels {
                local: true,
                ..Channels::default()
            },
        }
    }
}

pub(crate) fn sweep() -> Batch {
    Batch {
        sweeps: vec![Sweep {
            sweep: SweepPart::All,
            scheduled: None,
        }],
        ..Batch::default()
    }
}

pub(crate) fn event(name: &str, request: Value, time: Timestamp, number: u32, user: &str) -> Change {
    let payload = json!({"version": "0", "id": format!("envelope-{number}"), "detail-type": "AWS API Call via CloudTrail",
        "source": "aws.ec2", "account": "111122223333", "region": "eu-west-1", "time": time.to_string(), "resources": [],
        "detail": {"eventVersion": "1.11", "eventSource": "ec2.amazonaws.com", "eventName": name, "readOnly": false,
            "awsRegion": "eu-west-1", "recipientAccountId": "111122223333", "eventTime": time.to_string(),
            "eventID": format!("event-{number:04}"), "requestParameters": request, "responseElements": {"_return": true},
            "userIdentity": {"type": "IAMUser", "userName": user, "accountId": "111122223333"},
            "userAgent": "aws-cli/2.31.0", "eventType": "AwsApiCall"}});
    let Invocation::Requests(mut requests) = parse(&payload, &Own::default()).unwrap() else {
        panic!("one event")
    };
    let Request::Event(event) = requests.remove(0).unwrap() else {
        panic!("an event")
    };
    event.change
}

pub(crate) fn acl(network: &mut Snapshot) -> &mut NetworkAcl {
    network.network_acls.get_mut(&NetworkAclId::from(ACL)).unwrap()
}

pub(crate) fn entry(number: u32, egress: bool, port: i32, net: &str) -> NetworkAclEntry {
    serde_json::from_value(
        json!({"RuleNumber": number, "Egress": egress, "RuleAction": "allow", "Protocol": "6",
        "CidrBlock": net, "PortRange": {"From": port, "To": port}}),
    )
    .unwrap()
}

pub(crate) fn kinds(alerts: &[Alert]) -> Vec<AlertKind> {
    alerts.iter().map(|alert| alert.kind).collect()
}
