//! A live network, of several accounts and Regions: every call once, several at a time, each answer a file.
//!
//! A call that fails leaves no file but a line in `Unread.json`: its kind is unknown there, with the reason. So is all of
//! an account whose role cannot be assumed. Only where nothing at all was read is that an error.
//!
//! All of each account and Region is read, whatever the paths name: an address that a path calls the internet's may be
//! an interface's in any of them, and a tag anybody's. A reading cut to the VPCs of a path's ends, or to one account of
//! several, would take such an address for a stranger's and call it reachable whatever its owner's groups say.

use std::collections::{BTreeMap, BTreeSet};

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_ec2::config::Region;
use futures_util::stream::{self, StreamExt};
use serde_json::{Value, json};

use super::call::Call;
use super::read::{Clients, Subject};
use crate::aws::trouble::{Trouble, TroubleKind};
use crate::network::load::DocumentError;
use crate::network::load::{Loaded, MergeError, Source, merge, parse};
use crate::network::unread::Unread;
use crate::paths::model::Scope;

/// Calls at the same time in one account and Region: EC2's buckets hold far more, and a person waits.
const CALLS_AT_ONCE: usize = 8;

/// Accounts and Regions at the same time. Each has request rates of its own
/// (<https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html>), so that hundreds take about as long as
/// the slowest dozen.
const SCOPES_AT_ONCE: usize = 32;

/// A version or an alias of a function, which no list tells of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FunctionQualifier {
    /// The function's name or ARN, without the qualifier.
    pub function: String,
    /// A version's number or an alias.
    pub qualifier: String,
}

/// A network as it was read: the files of a snapshot.
#[derive(Debug, Clone, Default)]
pub struct Collected {
    /// The texts, by their names: `111122223333/eu-west-1/Vpcs.json`.
    pub documents: BTreeMap<String, String>,
    /// The calls that failed.
    pub unread: BTreeSet<Unread>,
}

/// What was read cannot be put together: never seen, as AWS's answers and ours are all of one form.
#[derive(Debug, thiserror::Error)]
pub enum CollectedError {
    /// One answer.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// Two that contradict each other: the network was changed while it was read.
    #[error("the network was changed while it was read: {0}")]
    Merge(#[from] MergeError),
}

impl Collected {
    /// The same as loading the files from a folder.
    pub fn load(&self) -> Result<Loaded, CollectedError> {
        let documents = self.documents.iter().map(|(name, text)| {
            let source = Source {
                name: name.clone(),
                hint: name.clone(),
                modified: None,
            };
            parse(source, text.as_bytes())
        });
        Ok(merge(documents.collect::<Result<_, _>>()?)?)
    }
}

/// Reads a network. The error is for where nothing could be read at all.
///
/// `config` has the credentials that roles are assumed with, and a Region to do so in.
pub async fn collect(
    config: &SdkConfig,
    scopes: &[Scope],
    functions: &BTreeSet<FunctionQualifier>,
) -> Result<Collected, Trouble> {
    let own = if scopes.iter().any(|scope| scope.role_arn.is_none()) {
        own_account(config, scopes).await?
    } else {
        None
    };
    let readings = scopes.iter().cloned().enumerate().map(|(index, scope)| {
        let own = own.clone();
        async move { (index, read_scope(config, &scope, own, functions).await) }
    });
    let mut readings: Vec<(usize, Reading)> = stream::iter(readings)
        .buffer_unordered(SCOPES_AT_ONCE)
        .collect()
        .await;
    readings.sort_by_key(|(index, _)| *index);

    let mut collected = Collected::default();
    let mut first = None;
    for (_, reading) in readings {
        first = first.or(reading.trouble);
        collected.documents.extend(reading.documents);
        collected.unread.extend(reading.unread);
    }
    let is_answered = collected
        .documents
        .keys()
        .any(|name| !name.ends_with("/Unread.json"));
    match first {
        Some(trouble) if !is_answered => Err(trouble),
        _ => Ok(collected),
    }
}

/// Whose credentials these are. AWS answers this to everybody whose credentials it knows, whatever their permissions
/// (<https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>); where STS alone is out of
/// reach, as in a VPC with endpoints of a few services, the account stays unknown.
async fn own_account(config: &SdkConfig, scopes: &[Scope]) -> Result<Option<String>, Trouble> {
    let region = config.region().cloned();
    let region = region.or_else(|| scopes.first().map(|scope| Region::new(scope.region.to_string())));
    if region.is_none() {
        return Err(Trouble::new(TroubleKind::NoRegion, ""));
    }
    let config = config.to_builder().region(region).build();
    let answer = aws_sdk_sts::Client::new(&config)
        .get_caller_identity()
        .send()
        .await;
    match answer.map_err(|error| Trouble::of(&error)) {
        Ok(identity) => Ok(identity.account().map(str::to_owned)),
        Err(trouble) if trouble.is_of_credentials() => Err(trouble),
        Err(_) => {
            // Nothing at all would be reached without network: that need not be found out thirty times.
            let probe = Clients::new(&config).read(Call::DescribeVpcs).await;
            match probe {
                Err(trouble) if matches!(trouble.kind, TroubleKind::Unreachable | TroubleKind::TimedOut) => {
                    Err(trouble)
                }
                _ => Ok(None),
            }
        }
    }
}

/// What was read of one account and Region.
#[derive(Debug, Default)]
struct Reading {
    documents: BTreeMap<String, String>,
    unread: Vec<Unread>,
    /// Why the first call failed that did.
    trouble: Option<Trouble>,
}

async fn read_scope(
    config: &SdkConfig,
    scope: &Scope,
    own: Option<String>,
    functions: &BTreeSet<FunctionQualifier>,
) -> Reading {
    let account = match &scope.role_arn {
        None => own,
        Some(role) => role
            .split(':')
            .nth(4)
            .filter(|account| !account.is_empty())
            .map(str::to_owned),
    };
    let mut answers = Answers {
        account,
        region: scope.region.to_string(),
        rows: BTreeMap::new(),
        unread: BTreeSet::new(),
        trouble: None,
    };
    let region = Region::new(answers.region.clone());
    let config = match &scope.role_arn {
        None => config.to_builder().region(region).build(),
        Some(role) => match assume(config, scope, role).await {
            Ok(credentials) => config
                .to_builder()
                .region(region)
                .credentials_provider(SharedCredentialsProvider::new(credentials))
                .build(),
            Err(trouble) => {
                answers.fail_wholly(role, trouble);
                return answers.reading();
            }
        },
    };
    let clients = Clients::new(&config);
    let once = Call::ALL.iter().copied().filter(|call| !call.is_of_each());
    let calls = once.map(|call| {
        let clients = &clients;
        async move { (call, None, clients.read(call).await) }
    });
    answers.gather(
        stream::iter(calls)
            .buffer_unordered(CALLS_AT_ONCE)
            .collect()
            .await,
    );

    // What was found is asked about, and what that finds: tables, lists, balancers; then the rules of their listeners.
    let mut asked = BTreeSet::new();
    loop {
        let subjects = answers.subjects(functions);
        let new: Vec<(Call, Subject)> = subjects
            .into_iter()
            .filter(|it| asked.insert(it.clone()))
            .collect();
        if new.is_empty() {
            break;
        }
        let calls = new.into_iter().map(|(call, subject)| {
            let clients = &clients;
            async move {
                let answer = clients.read_one(call, &subject).await;
                (call, Some(subject), answer)
            }
        });
        answers.gather(
            stream::iter(calls)
                .buffer_unordered(CALLS_AT_ONCE)
                .collect()
                .await,
        );
    }
    answers.reading()
}

async fn assume(config: &SdkConfig, scope: &Scope, role: &str) -> Result<Credentials, Trouble> {
    let region = config.region().cloned();
    let region = region.unwrap_or_else(|| Region::new(scope.region.to_string()));
    let config = config.to_builder().region(region).build();
    let answer = aws_sdk_sts::Client::new(&config)
        .assume_role()
        .role_arn(role)
        .role_session_name("hopwatch")
        .set_external_id(scope.external_id.clone())
        .send()
        .await
        .map_err(|error| Trouble::of(&error))?;
    let keys = answer
        .credentials()
        .ok_or_else(|| Trouble::new(TroubleKind::Other, "AWS gave no credentials for the role"))?;
    Ok(Credentials::new(
        keys.access_key_id(),
        keys.secret_access_key(),
        Some(keys.session_token().to_owned()),
        None,
        "hopwatch",
    ))
}

type Answer = (Call, Option<Subject>, Result<Vec<Value>, Trouble>);

/// The answers of one account and Region.
struct Answers {
    account: Option<String>,
    region: String,
    /// In the order of what they were asked for, so that the same network gives the same bytes.
    rows: BTreeMap<Call, BTreeMap<Option<Subject>, Vec<Value>>>,
    unread: BTreeSet<Unread>,
    trouble: Option<Trouble>,
}

impl Answers {
    fn gather(&mut self, mut answers: Vec<Answer>) {
        answers.sort_by(|(call, subject, _), (other, other_subject, _)| {
            (call, subject).cmp(&(other, other_subject))
        });
        for (call, subject, answer) in answers {
            match answer {
                Ok(rows) => {
                    self.rows.entry(call).or_default().insert(subject, rows);
                }
                Err(trouble) => {
                    // Without the answer for one thing only that one is unknown; it is then absent under its id.
                    let keys: Vec<&str> = match call {
                        // What it tells the other lists tell too.
                        Call::DescribePrefixLists => Vec::new(),
                        Call::GetFunctionConfiguration => vec![call.key()],
                        call if call.is_of_each() => Vec::new(),
                        call => keys_of(call).collect(),
                    };
                    let of = subject
                        .map(|subject| format!(", for {}", subject.id))
                        .unwrap_or_default();
                    self.fail(call.permission(), &keys, &format!("{trouble}{of}"));
                    self.trouble.get_or_insert(trouble);
                }
            }
        }
    }

    fn fail(&mut self, call: &str, keys: &[&str], reason: &str) {
        self.unread.insert(Unread {
            call: call.to_owned(),
            keys: keys.iter().map(|&key| key.to_owned()).collect(),
            owner_id: self.account.as_deref().map(Into::into),
            region: Some(self.region.as_str().into()),
            reason: Some(reason.to_owned()),
        });
    }

    fn fail_wholly(&mut self, role: &str, trouble: Trouble) {
        let once = Call::ALL.iter().filter(|call| !call.is_of_each());
        let keys: Vec<&str> = once.flat_map(|call| keys_of(*call)).collect();
        self.fail("sts:AssumeRole", &keys, &format!("{trouble}, for {role}"));
        self.trouble = Some(trouble);
    }

    /// What has to be asked once more about, for each.
    fn subjects(&self, functions: &BTreeSet<FunctionQualifier>) -> Vec<(Call, Subject)> {
        let mut subjects = Vec::new();
        // AWS's own come with their entries.
        let told: BTreeSet<&str> = self.texts(Call::DescribePrefixLists, "PrefixListId").collect();
        let lists = self.texts(Call::DescribeManagedPrefixLists, "PrefixListId");
        for list in lists.filter(|list| !told.contains(list)) {
            subjects.push((Call::GetManagedPrefixListEntries, Subject::of(list)));
        }
        for table in self.texts(
            Call::DescribeTransitGatewayRouteTables,
            "TransitGatewayRouteTableId",
        ) {
            subjects.push((Call::GetTransitGatewayRouteTablePropagations, Subject::of(table)));
            subjects.push((Call::SearchTransitGatewayRoutes, Subject::of(table)));
        }
        for balancer in self.texts(Call::DescribeLoadBalancers, "LoadBalancerArn") {
            subjects.push((Call::DescribeListeners, Subject::of(balancer)));
            subjects.push((Call::DescribeLoadBalancerAttributes, Subject::of(balancer)));
        }
        for group in self.texts(Call::DescribeTargetGroups, "TargetGroupArn") {
            subjects.push((Call::DescribeTargetGroupAttributes, Subject::of(group)));
            subjects.push((Call::DescribeTargetHealth, Subject::of(group)));
        }
        for listener in self.texts(Call::DescribeListeners, "ListenerArn") {
            subjects.push((Call::DescribeRules, Subject::of(listener)));
        }
        for firewall in self.texts(Call::ListFirewalls, "FirewallArn") {
            subjects.push((Call::DescribeFirewall, Subject::of(firewall)));
        }
        for firewall in self.found(Call::DescribeFirewall) {
            let policy = firewall.pointer("/Firewall/FirewallPolicyArn");
            if let Some(policy) = policy.and_then(Value::as_str) {
                subjects.push((Call::DescribeFirewallPolicy, Subject::of(policy)));
            }
        }
        for policy in self.found(Call::DescribeFirewallPolicy) {
            let kinds = ["StatelessRuleGroupReferences", "StatefulRuleGroupReferences"];
            let references = kinds
                .iter()
                .filter_map(|kind| policy.get("FirewallPolicy")?.get(kind)?.as_array())
                .flatten();
            let groups = references.filter_map(|reference| reference.get("ResourceArn")?.as_str());
            subjects.extend(groups.map(|group| (Call::DescribeRuleGroup, Subject::of(group))));
        }
        let names: BTreeSet<&str> = self.texts(Call::ListFunctions, "FunctionName").collect();
        let arns: BTreeSet<&str> = self.texts(Call::ListFunctions, "FunctionArn").collect();
        for FunctionQualifier { function, qualifier } in functions {
            if names.contains(function.as_str()) || arns.contains(function.as_str()) {
                let subject = Subject {
                    id: function.clone(),
                    qualifier: Some(qualifier.clone()),
                };
                subjects.push((Call::GetFunctionConfiguration, subject));
            }
        }
        subjects
    }

    /// A field of every row of a call.
    fn texts<'a>(&'a self, call: Call, field: &'a str) -> impl Iterator<Item = &'a str> {
        self.found(call)
            .filter_map(move |row| row.get(field).and_then(Value::as_str))
    }

    /// Every row of a call.
    fn found(&self, call: Call) -> impl Iterator<Item = &Value> {
        self.rows
            .get(&call)
            .into_iter()
            .flat_map(BTreeMap::values)
            .flatten()
    }

    fn reading(self) -> Reading {
        let folder = format!("{}/{}", self.account.as_deref().unwrap_or("account"), self.region);
        // Two calls may answer for one kind.
        let mut by_key: BTreeMap<&'static str, Vec<Value>> = BTreeMap::new();
        // Where nothing was found nothing more was asked, and everything is known.
        for call in self.rows.keys() {
            for key in keys_of(*call) {
                by_key.insert(key, Vec::new());
            }
        }
        for (call, answers) in self.rows {
            // It tells names only; each firewall is written as it was described.
            if call == Call::ListFirewalls {
                continue;
            }
            let rows = by_key.entry(call.key()).or_default();
            rows.extend(answers.into_values().flatten());
            rows.dedup();
        }
        let mut documents: BTreeMap<String, String> = by_key
            .into_iter()
            .map(|(key, rows)| (format!("{folder}/{key}.json"), written(key, rows)))
            .collect();
        if !self.unread.is_empty() {
            let rows = self.unread.iter().map(|unread| json!(unread)).collect();
            documents.insert(format!("{folder}/Unread.json"), written("Unread", rows));
        }
        Reading {
            documents,
            unread: self.unread.into_iter().collect(),
            trouble: self.trouble,
        }
    }
}

/// What is unknown without the answer of a call.
fn keys_of(call: Call) -> impl Iterator<Item = &'static str> {
    [call]
        .into_iter()
        .chain(call.rests_on_it().iter().copied())
        .map(Call::key)
}

impl Subject {
    fn of(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            qualifier: None,
        }
    }
}

fn written(key: &str, rows: Vec<Value>) -> String {
    format!("{:#}\n", json!({ key: rows }))
}
