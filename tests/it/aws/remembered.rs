//! What the function keeps of rule sets: each once, for as long as a record refers to it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};

use super::function::{Deployment, TABLE, batch, sweep};
use super::harness::block_on;
use super::moto::moto;
use super::pair::Pair;

type Item = HashMap<String, AttributeValue>;

/// All items, by key.
async fn items(deployment: &Deployment) -> BTreeMap<String, Item> {
    let scan = aws_sdk_dynamodb::Client::new(&deployment.config)
        .scan()
        .table_name(TABLE);
    let items = scan.send().await.unwrap().items.unwrap();
    let keyed = items
        .into_iter()
        .map(|item| (item["pk"].as_s().unwrap().clone(), item));
    keyed.collect()
}

/// The rule sets' keys among some items.
fn kept(items: &BTreeMap<String, Item>) -> BTreeSet<String> {
    let keys = items.keys().filter(|key| key.starts_with("rules#"));
    keys.cloned().collect()
}

/// Those that a path's record refers to.
fn referred(items: &BTreeMap<String, Item>, path: &str) -> BTreeSet<String> {
    let item = &items[&format!("path#{path}")];
    let keys = item.get("rules").map(|keys| keys.as_ss().unwrap().clone());
    keys.unwrap_or_default().into_iter().collect()
}

fn record(items: &BTreeMap<String, Item>, path: &str) -> Value {
    serde_json::from_str(items[&format!("path#{path}")]["record"].as_s().unwrap()).unwrap()
}

/// The ACL's versions among some keys.
fn of_acl(keys: &BTreeSet<String>, deployment: &Deployment) -> BTreeSet<String> {
    let start = format!("rules#{}#", deployment.acl);
    keys.iter()
        .filter(|key| key.starts_with(&start))
        .cloned()
        .collect()
}

async fn put(deployment: &Deployment, item: Item) {
    let put = aws_sdk_dynamodb::Client::new(&deployment.config)
        .put_item()
        .table_name(TABLE);
    put.set_item(Some(item)).send().await.unwrap();
}

async fn two_paths() -> Deployment {
    let deployment = Deployment::with_paths().await;
    let again = format!(
        "  - name: again\n    source: {}\n    destination: {}\n    destinationPort: 22\n",
        deployment.client, deployment.server
    );
    deployment.put_object(&(deployment.paths() + &again)).await;
    deployment
}

#[test]
fn each_rule_set_is_kept_once_and_as_long_as_a_record_refers_to_it() {
    block_on(async {
        let deployment = two_paths().await;
        let mut function = deployment.watching(moto().url());
        let first = items(&deployment).await;
        let keys = kept(&first);
        for path in [Pair::NAME, "again"] {
            assert_eq!(referred(&first, path), keys, "{path}");
            let good = &record(&first, path)["lastGood"];
            assert!(good["hops"].as_array().unwrap().len() > 3);
            assert_eq!(good["rules"]["NetworkAcls"], json!([]));
        }
        let old = of_acl(&keys, &deployment);
        assert_eq!(old.len(), 1, "{keys:?}");

        // A change that breaks nothing: the rule set as it is now is another.
        deployment.entry(true, 101, (1024, 65535)).await;
        function.invoke(sweep()).response();
        let second = items(&deployment).await;
        let now = of_acl(&referred(&second, "again"), &deployment);
        assert!(now.len() == 1 && now.is_disjoint(&old));
        assert!(
            kept(&second).is_superset(&old),
            "another run may be about to refer to it"
        );

        // It has grown old.
        for key in &old {
            let mut item = second[key].clone();
            item.insert("written".into(), AttributeValue::S("2026-01-01T00:00:00Z".into()));
            put(&deployment, item).await;
        }
        deployment.entry(true, 102, (1024, 65535)).await;
        function.invoke(sweep()).response();
        let third = items(&deployment).await;
        assert!(kept(&third).is_disjoint(&old), "{:?}", kept(&third));
        assert!(kept(&third).is_superset(&referred(&third, "again")));
        assert!(kept(&third).is_superset(&now), "this one is new");
    });
}

#[test]
fn an_old_rule_set_that_comes_back_stays() {
    block_on(async {
        let deployment = two_paths().await;
        let mut function = deployment.watching(moto().url());
        let first = referred(&items(&deployment).await, "again");
        deployment.entry(false, 90, (22, 22)).await;
        function.invoke(sweep()).response();
        let second = items(&deployment).await;
        for key in of_acl(&first, &deployment) {
            let mut item = second[&key].clone();
            item.insert("written".into(), AttributeValue::S("2026-01-01T00:00:00Z".into()));
            put(&deployment, item).await;
        }
        let delete = aws_sdk_ec2::Client::new(&deployment.config)
            .delete_network_acl_entry()
            .network_acl_id(&deployment.acl);
        delete.rule_number(90).egress(false).send().await.unwrap();
        function.invoke(sweep()).response();
        let third = items(&deployment).await;
        assert_eq!(referred(&third, "again"), first);
        assert!(kept(&third).is_superset(&first));
    });
}

#[test]
fn records_of_an_older_version_and_rule_sets_that_are_gone_silence_nothing() {
    block_on(async {
        let deployment = two_paths().await;
        deployment.watching(moto().url());
        let there = items(&deployment).await;
        // As the version before wrote it: the rule sets are in the record.
        let mut old = record(&there, Pair::NAME);
        let sets = referred(&there, "again");
        let acls = of_acl(&sets, &deployment);
        let acls = acls
            .iter()
            .map(|key| -> Value { serde_json::from_str(there[key]["rules"].as_s().unwrap()).unwrap() });
        old["lastGood"]["rules"]["NetworkAcls"] = acls.collect();
        let mut item = there[&format!("path#{}", Pair::NAME)].clone();
        item.remove("rules");
        item.insert("record".into(), AttributeValue::S(old.to_string()));
        put(&deployment, item).await;
        // And one of those that the other refers to is gone, one is no rule set.
        let mut sets = sets.into_iter();
        let gone = aws_sdk_dynamodb::Client::new(&deployment.config)
            .delete_item()
            .table_name(TABLE);
        gone.key("pk", AttributeValue::S(sets.next().unwrap()))
            .send()
            .await
            .unwrap();
        let mut item = there[&sets.next().unwrap()].clone();
        item.insert("rules".into(), AttributeValue::S("{\"GroupId\": 7}".into()));
        put(&deployment, item).await;

        let mut function = deployment.start(moto().url(), &deployment.object());
        deployment.delete_entry().await;
        function.invoke(batch(&[deployment.deleted("e-1")])).response();
        let alerts = deployment.alerts().await;
        let told = |alert: &Value| alert["paths"].as_array().unwrap().len();
        assert_eq!(alerts.iter().map(told).sum::<usize>(), 2, "{alerts:#?}");
        let fixed = alerts.iter().find(|alert| alert["fix"]["command"].is_string());
        let command = fixed.expect("the old record's own rule sets")["fix"]["command"].clone();
        assert!(
            command.as_str().unwrap().contains("create-network-acl-entry"),
            "{command}"
        );

        deployment.entry(false, 100, (22, 22)).await;
        function.invoke(batch(&[deployment.created("e-2")])).response();
        let there = items(&deployment).await;
        for path in [Pair::NAME, "again"] {
            assert_eq!(record(&there, path)["state"], "up");
            assert!(!referred(&there, path).is_empty());
            assert!(kept(&there).is_superset(&referred(&there, path)), "{path}");
        }
    });
}
