//! What AWS refuses, delays or cuts off: told for what it is, and never taken for an answer.

use std::collections::BTreeSet;
use std::time::Duration;

use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use hopwatch::aws::describe::{Call, Collected, collect};
use hopwatch::paths::model::Scope;
use serde_json::Value;

use super::harness::block_on;
use super::moto::{Account, REGION, moto};
use super::network::{build, path_file, proxy, run, run_with, stage};
use super::proxy::{Proxy, Step};
use crate::hopwatch::Run;

/// One try a call, for faults that do not go away.
const ONCE: [(&str, &str); 1] = [("AWS_MAX_ATTEMPTS", "1")];

const CHECK: [&str; 3] = ["check", "--output", "json"];

fn document(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"))
}

fn reason<'a>(document: &'a Value, name: &str) -> &'a Value {
    let mut paths = document["paths"].as_array().unwrap().iter();
    &paths.find(|path| path["name"] == name).unwrap()["reason"]
}

/// The service and the action of a call as the proxy sees it.
fn seen(call: Call) -> (&'static str, &'static str) {
    let (service, action) = call.permission().split_once(':').unwrap();
    match call {
        Call::ListFunctions => ("lambda", "GET /2015-03-31/functions"),
        _ => (service, action),
    }
}

#[test]
fn a_throttled_call_is_made_again() {
    let (account, _, proxy, folder) = stage();
    let calm = run(&account, proxy.url(), folder.path(), &CHECK);
    let before = proxy.count("ec2", "DescribeSubnets");
    proxy.script("ec2", "DescribeSubnets", [Step::throttled(), Step::throttled()]);
    let throttled = run(&account, proxy.url(), folder.path(), &CHECK);
    assert_eq!(throttled.stdout, calm.stdout);
    assert_eq!(throttled.stderr, "");
    assert_eq!(proxy.count("ec2", "DescribeSubnets") - before, 3);
}

#[test]
fn every_page_is_read() {
    let (account, _, proxy, folder) = stage();
    let whole = run(&account, proxy.url(), folder.path(), &CHECK);
    let paged = [
        "DescribeVpcs",
        "DescribeSubnets",
        "DescribeRouteTables",
        "DescribeSecurityGroups",
        "DescribeNetworkInterfaces",
        "DescribeNetworkAcls",
        "GetManagedPrefixListEntries",
    ];
    let before = paged.map(|action| proxy.count("ec2", action));
    for action in paged {
        proxy.always("ec2", action, Step::Pages(1));
    }
    let pages = run(&account, proxy.url(), folder.path(), &CHECK);
    assert_eq!(pages.stdout, whole.stdout);
    assert_eq!(pages.stderr, "");
    for (action, before) in paged.into_iter().zip(before).take(6) {
        assert!(proxy.count("ec2", action) - before > 2, "{action}");
    }
}

#[test]
fn where_one_page_fails_the_kind_is_unknown() {
    let (account, _, proxy, folder) = stage();
    proxy.script("ec2", "DescribeRouteTables", [Step::Pages(1), Step::throttled()]);
    let check = run_with(&account, proxy.url(), folder.path(), &ONCE, &CHECK);
    assert_eq!(check.code, 3, "{check:?}");
    assert_eq!(proxy.count("ec2", "DescribeRouteTables"), 2);
    let document = document(&check);
    let reason = reason(&document, "far web");
    assert_eq!(
        reason["missingCalls"],
        serde_json::json!(["ec2:DescribeRouteTables"])
    );
    let message = reason["message"].as_str().unwrap();
    assert!(
        message.contains("throttled") && message.contains(&account.id),
        "{message}"
    );
    assert!(
        check.stderr.contains("ec2:DescribeRouteTables: throttled"),
        "{}",
        check.stderr
    );
}

#[test]
fn a_missing_permission_is_named_live_and_saved() {
    let (account, _, proxy, folder) = stage();
    let folder = folder.path();
    proxy.always("ec2", "DescribeNetworkAcls", Step::denied());
    proxy.always(
        "lambda",
        "GET /2015-03-31/functions",
        Step::error(403, "AccessDeniedException"),
    );
    let check = run(&account, proxy.url(), folder, &CHECK);
    // What the security group denies is lost, whatever the network ACLs say.
    assert_eq!(check.code, 1, "{check:?}");
    // Denied is denied: it is not tried again.
    assert_eq!(proxy.count("ec2", "DescribeNetworkAcls"), 1);
    let document = document(&check);
    let reason = reason(&document, "web");
    assert_eq!(
        reason["missingCalls"],
        serde_json::json!(["ec2:DescribeNetworkAcls"])
    );
    let message = reason["message"].as_str().unwrap();
    let told = format!(
        "in {REGION} of {} ec2:DescribeNetworkAcls: denied (UnauthorizedOperation",
        account.id
    );
    assert!(message.contains(&told), "{message}");
    assert!(check.stderr.contains(&told), "{}", check.stderr);
    assert!(
        check.stderr.contains("lambda:ListFunctions: denied"),
        "{}",
        check.stderr
    );

    let saved = run(&account, proxy.url(), folder, &["snapshot", "network"]);
    assert_eq!(saved.code, 3, "{saved:?}");
    assert!(saved.stderr.contains(&told), "{}", saved.stderr);
    let again = run(
        &account,
        proxy.url(),
        folder,
        &["check", "--output", "json", "--snapshot", "network"],
    );
    assert_eq!((again.code, again.stdout), (check.code, check.stdout));
}

#[test]
fn a_role_that_cannot_be_assumed_leaves_the_other_account_decided() {
    let (account, built, proxy, folder) = stage();
    let folder = folder.path();
    let scope = "snapshotScope:\n  - { region: eu-west-1 }\n  - { region: eu-west-1, roleArn: \"arn:aws:iam::712312312312:role/read\" }\n";
    let text = path_file(&built).replace("paths:", &format!("{scope}paths:"));
    let text = text
        + "  - { name: elsewhere, source: eni-0123456789abcdef0, destination: 10.9.9.9, destinationPort: 443 }\n";
    std::fs::write(folder.join("hopwatch.yaml"), text).unwrap();
    proxy.always("sts", "AssumeRole", Step::error(403, "AccessDenied"));
    let check = run(&account, proxy.url(), folder, &CHECK);
    let document = document(&check);
    let verdicts: Vec<&str> = document["paths"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["verdict"].as_str().unwrap())
        .collect();
    assert_eq!(
        verdicts,
        [
            "reachable",
            "reachable",
            "reachable",
            "blocked",
            "blocked",
            "undecided"
        ],
        "{}",
        check.stderr
    );
    let told = "in eu-west-1 of 712312312312 sts:AssumeRole: denied (AccessDenied";
    assert!(check.stderr.contains(told), "{}", check.stderr);
    let message = reason(&document, "elsewhere")["message"].as_str().unwrap();
    assert!(message.contains(told), "{message}");
    assert_eq!(proxy.count("ec2", "DescribeVpcs"), 1);
}

#[test]
fn two_accounts_are_one_network() {
    let (account, other, proxy, built, far) = block_on(async {
        let (account, other) = (Account::new().await, Account::new().await);
        let (built, far) = (build(&account, REGION).await, build(&other, REGION).await);
        (account, other, proxy(), built, far)
    });
    let folder = tempfile::tempdir().unwrap();
    let text = path_file(&built).replace(
        "paths:",
        &format!(
            "snapshotScope:\n  - {{ region: eu-west-1 }}\n  - {{ region: eu-west-1, roleArn: \"arn:aws:iam::{}:role/read\", externalId: x }}\npaths:",
            other.id
        ),
    );
    let theirs = path_file(&far)
        .replace("version: 1\npaths:\n", "")
        .replace("name: ", "name: their ");
    let theirs = theirs.replace("their \"", "\"their ");
    std::fs::write(folder.path().join("hopwatch.yaml"), text + &theirs).unwrap();
    let check = run(
        &account,
        proxy.url(),
        folder.path(),
        &["check", "--output", "json", "--quiet"],
    );
    let document = document(&check);
    let verdicts: Vec<&str> = document["paths"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["verdict"].as_str().unwrap())
        .collect();
    let half = ["reachable", "reachable", "reachable", "blocked", "blocked"];
    assert_eq!(verdicts, [half, half].concat(), "{}", check.stdout);
    let accounts: BTreeSet<Option<String>> = proxy
        .calls()
        .into_iter()
        .filter(|call| call.service == "ec2")
        .map(|call| call.account)
        .collect();
    assert_eq!(accounts, [None, Some(other.id.clone())].into());

    let regions: BTreeSet<String> = proxy.calls().into_iter().map(|call| call.region).collect();
    assert_eq!(regions, [REGION.to_owned()].into());

    // With a role on the command line only that account is read.
    let role = format!("arn:aws:iam::{}:role/read", other.id);
    let explain = run(
        &account,
        proxy.url(),
        folder.path(),
        &["explain", "their web", "--role", &role],
    );
    assert_eq!(explain.code, 0, "{explain:?}");
    let explain = run(
        &account,
        proxy.url(),
        folder.path(),
        &["explain", "web", "--role", &role],
    );
    assert_eq!(explain.code, 3, "{explain:?}");
}

/// Runs a check that cannot speak to AWS at all.
fn fails(account: &Account, url: &str, variables: &[(&str, &str)], arguments: &[&str], words: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("hopwatch.yaml"), "version: 1\npaths: []\n").unwrap();
    let arguments = [&["check"], arguments].concat();
    let run = run_with(account, url, folder.path(), variables, &arguments);
    assert_eq!((run.code, run.stdout.as_str()), (4, ""), "{}", run.stderr);
    for word in words {
        assert!(run.stderr.contains(word), "{word}: {}", run.stderr);
    }
}

#[test]
fn credentials_that_are_no_good() {
    let account = Account::anybody();
    let proxy = proxy();
    let none = [
        ("AWS_ACCESS_KEY_ID", ""),
        ("AWS_SECRET_ACCESS_KEY", ""),
        ("AWS_SESSION_TOKEN", ""),
    ];
    fails(
        &account,
        proxy.url(),
        &none,
        &[],
        &["no credentials", "--profile", "aws sso login"],
    );
    fails(
        &account,
        proxy.url(),
        &none,
        &["--profile", "nobody"],
        &["nobody"],
    );
    proxy.always("sts", "GetCallerIdentity", Step::error(403, "ExpiredToken"));
    fails(
        &account,
        proxy.url(),
        &[],
        &[],
        &["have expired", "ExpiredToken", "sign in again"],
    );
    proxy.always(
        "sts",
        "GetCallerIdentity",
        Step::error(403, "InvalidClientTokenId"),
    );
    fails(
        &account,
        proxy.url(),
        &[],
        &["--region", "ap-east-1"],
        &["does not accept", "`ap-east-1` enabled"],
    );
    assert_eq!(proxy.count("ec2", "DescribeVpcs"), 0, "nothing else is asked");
    fails(
        &account,
        proxy.url(),
        &[("AWS_REGION", "")],
        &[],
        &["no Region", "--region"],
    );
}

#[test]
fn no_way_to_aws() {
    let account = Account::anybody();
    // Nobody listens there.
    fails(
        &account,
        "http://127.0.0.1:1",
        &ONCE,
        &[],
        &["cannot be reached", "--snapshot"],
    );
}

#[test]
fn nothing_may_be_read() {
    let account = Account::anybody();
    let proxy = proxy();
    for call in Call::ALL {
        let (service, action) = seen(*call);
        proxy.always(service, action, Step::error(403, "AccessDenied"));
    }
    fails(&account, proxy.url(), &[], &[], &["denied", "On a live account"]);
}

fn collected(account: &Account, proxy: &Proxy) -> Collected {
    block_on(async {
        let config = account.config(proxy.url(), REGION).await;
        let timeouts = TimeoutConfig::builder()
            .operation_attempt_timeout(Duration::from_secs(3))
            .build();
        let config = config
            .to_builder()
            .timeout_config(timeouts)
            .retry_config(RetryConfig::standard().with_max_attempts(1))
            .build();
        let scope = Scope {
            region: REGION.into(),
            role_arn: None,
            external_id: None,
        };
        collect(&config, &[scope], &BTreeSet::new()).await.unwrap()
    })
}

#[test]
fn silence_torn_answers_and_nonsense() {
    let account = block_on(Account::new());
    let proxy = proxy();
    proxy.always("ec2", "DescribeNatGateways", Step::Hang);
    proxy.always("ec2", "DescribeSubnets", Step::Close(100));
    proxy.always(
        "ec2",
        "DescribeInstances",
        Step::Answer {
            status: 200,
            content_type: "text/html",
            body: "<html><body>Sign in to the network</body></html>".into(),
        },
    );
    proxy.always("rds", "DescribeDBInstances", Step::error(500, "InternalFailure"));
    // Later pages that never come do not make the first one whole.
    proxy.always(
        "ec2",
        "DescribeNetworkAcls",
        Step::rewrite(|text| {
            text.replace(
                "</DescribeNetworkAclsResponse>",
                "<nextToken>again</nextToken></DescribeNetworkAclsResponse>",
            )
        }),
    );
    let collected = collected(&account, &proxy);
    let unread: BTreeSet<&str> = collected
        .unread
        .iter()
        .map(|unread| unread.call.as_str())
        .collect();
    let expected = [
        "ec2:DescribeInstances",
        "ec2:DescribeNatGateways",
        "ec2:DescribeNetworkAcls",
        "ec2:DescribeSubnets",
        "rds:DescribeDBInstances",
    ];
    assert_eq!(unread, expected.into());
    let reason = |call: &str| {
        let unread = collected
            .unread
            .iter()
            .find(|unread| unread.call == call)
            .unwrap();
        unread.reason.clone().unwrap()
    };
    assert!(reason("ec2:DescribeNatGateways").starts_with("no answer in time"));
    assert!(reason("rds:DescribeDBInstances").contains("InternalFailure"));
    let loaded = collected.load().unwrap();
    assert!(loaded.snapshot.vpcs.is_known() && loaded.snapshot.security_groups.is_known());
    assert!(!loaded.snapshot.subnets.is_known() && loaded.snapshot.subnets.is_empty());
    assert!(!loaded.snapshot.nat_gateways.is_known());
    assert_eq!(loaded.snapshot.unread, collected.unread);
}

#[test]
fn path_files_in_s3_and_parameter_store() {
    let (account, built, proxy, folder) = stage();
    let folder = folder.path();
    let text = path_file(&built);
    block_on(async {
        let config = account.config(moto().url(), REGION).await;
        let s3 = aws_sdk_s3::Client::new(&config);
        let bucket = format!("paths-{}", account.id);
        let place = aws_sdk_s3::types::BucketLocationConstraint::EuWest1;
        let place = aws_sdk_s3::types::CreateBucketConfiguration::builder()
            .location_constraint(place)
            .build();
        s3.create_bucket()
            .bucket(&bucket)
            .create_bucket_configuration(place)
            .send()
            .await
            .unwrap();
        let body = aws_sdk_s3::primitives::ByteStream::from(text.clone().into_bytes());
        s3.put_object()
            .bucket(&bucket)
            .key("net/hopwatch.yaml")
            .body(body)
            .send()
            .await
            .unwrap();
        let ssm = aws_sdk_ssm::Client::new(&config);
        let parameter = ssm.put_parameter().name("/hopwatch/paths").value(&text);
        parameter
            .r#type(aws_sdk_ssm::types::ParameterType::SecureString)
            .send()
            .await
            .unwrap();
    });
    let disk = run(&account, proxy.url(), folder, &CHECK);
    assert_eq!(disk.code, 1);
    let s3 = format!("s3://paths-{}/net/hopwatch.yaml", account.id);
    for name in [s3.as_str(), "ssm:/hopwatch/paths"] {
        let there = run(
            &account,
            proxy.url(),
            folder,
            &["check", "--output", "json", "--paths", name],
        );
        assert_eq!(
            (there.code, &there.stdout),
            (disk.code, &disk.stdout),
            "{name}: {}",
            there.stderr
        );
    }
    for name in [
        "s3://paths-nobody-has/x.yaml",
        "ssm:/hopwatch/nothing",
        "s3://bucket",
    ] {
        let absent = run(&account, proxy.url(), folder, &["validate", "--paths", name]);
        assert!(absent.is_usage_error(), "{absent:?}");
        assert!(absent.stderr.contains(name), "{}", absent.stderr);
    }
    proxy.always("ssm", "GetParameter", Step::error(400, "AccessDeniedException"));
    let denied = run(
        &account,
        proxy.url(),
        folder,
        &["validate", "--paths", "ssm:/hopwatch/paths"],
    );
    assert_eq!(denied.code, 4);
    assert!(
        denied.stderr.contains("`ssm:GetParameter` is missing"),
        "{}",
        denied.stderr
    );
}
