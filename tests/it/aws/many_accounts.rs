//! A hub that looks into many accounts: each is asked the same calls once, and one that cannot be read costs no other.

use std::collections::{BTreeMap, BTreeSet};

use hopwatch::aws::describe::collect;
use hopwatch::network::id::AccountId;
use hopwatch::paths::model::Scope;

use super::harness::block_on;
use super::moto::{Account, REGION};
use super::network::proxy;
use super::proxy::Step;

const MEMBERS: u64 = 12;

fn scope(role_arn: Option<String>) -> Scope {
    Scope {
        region: REGION.into(),
        role_arn,
        external_id: None,
    }
}

#[test]
fn each_account_is_asked_once_and_one_that_fails_is_unread_alone() {
    let proxy = proxy();
    let members: Vec<String> = (0..MEMBERS)
        .map(|number| format!("{}", 810_000_000_000 + number))
        .collect();
    let shut = &members[5];
    proxy.always_of(shut, "ec2", "DescribeNetworkAcls", Step::denied());
    let roles = members
        .iter()
        .map(|account| format!("arn:aws:iam::{account}:role/hopwatch-read"));
    let scopes: Vec<Scope> = [None].into_iter().chain(roles.map(Some)).map(scope).collect();

    let collected = block_on(async {
        let hub = Account::new().await;
        let config = hub.config(proxy.url(), REGION).await;
        collect(&config, &scopes, &BTreeSet::new()).await.unwrap()
    });

    let unread: Vec<(&str, Option<&str>)> = (collected.unread.iter())
        .map(|unread| {
            (
                unread.call.as_str(),
                unread.owner_id.as_ref().map(AccountId::as_str),
            )
        })
        .collect();
    assert_eq!(unread, [("ec2:DescribeNetworkAcls", Some(shut.as_str()))]);
    for account in &members {
        let name = format!("{account}/{REGION}/NetworkAcls.json");
        assert_eq!(collected.documents.contains_key(&name), account != shut, "{name}");
    }
    collected.load().expect("the accounts go together");

    let mut calls: BTreeMap<Option<String>, BTreeMap<(String, String), usize>> = BTreeMap::new();
    for call in proxy.calls().into_iter().filter(|call| call.service != "sts") {
        *(calls.entry(call.account).or_default())
            .entry((call.service, call.action))
            .or_default() += 1;
    }
    assert_eq!(calls.len(), scopes.len());
    let first = calls.values().next().unwrap();
    for (account, asked) in &calls {
        assert_eq!(asked, first, "{account:?}");
    }
    assert_eq!(proxy.count("sts", "AssumeRole") as u64, MEMBERS);
}
