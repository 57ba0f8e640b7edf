//! A version or an alias of a function: asked for by itself, as it may stand in other subnets than `$LATEST`.

use serde_json::{Value, json};

use super::harness::block_on;
use super::moto::REGION;
use super::network::{run, stage};
use super::proxy::Step;

const CONFIGURATION: &str = "GET /2015-03-31/functions/order-sync/configuration";

fn answer(body: &Value) -> Step {
    Step::Answer {
        status: 200,
        content_type: "application/json",
        body: body.to_string(),
    }
}

#[test]
fn an_alias_stands_where_its_version_stands() {
    let (account, built, proxy, folder) = stage();
    let (subnet, group) = block_on(async {
        let ec2 = aws_sdk_ec2::Client::new(&account.config(proxy.url(), REGION).await);
        let call = ec2
            .describe_network_interfaces()
            .network_interface_ids(&built.client);
        let found = call.send().await.unwrap();
        let client = &found.network_interfaces()[0];
        let group = client.groups()[0].group_id().unwrap();
        (client.subnet_id().unwrap().to_owned(), group.to_owned())
    });
    let arn = format!("arn:aws:lambda:{REGION}:{}:function:order-sync", account.id);
    let latest = json!({"FunctionName": "order-sync", "FunctionArn": arn, "Version": "$LATEST"});
    proxy.always(
        "lambda",
        "GET /2015-03-31/functions",
        answer(&json!({"Functions": [latest]})),
    );
    let version = json!({
        "FunctionName": "order-sync", "FunctionArn": format!("{arn}:live"), "Version": "7",
        "VpcConfig": {"VpcId": built.vpc, "SubnetIds": [subnet], "SecurityGroupIds": [group]},
    });
    proxy.always("lambda", CONFIGURATION, answer(&version));

    let path = |name: &str, function: &str| {
        format!(
            "  - {{ name: {name}, source: {{ lambda: \"{function}\" }}, destination: {}, destinationPort: 443 }}\n",
            built.server
        )
    };
    let file = format!(
        "version: 1\npaths:\n{}{}",
        path("live", "order-sync:live"),
        path("latest", "order-sync")
    );
    std::fs::write(folder.path().join("hopwatch.yaml"), file).unwrap();
    let run = run(
        &account,
        proxy.url(),
        folder.path(),
        &["check", "--output", "json"],
    );
    let document: Value =
        serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"));
    let verdict = |name: &str| {
        let mut paths = document["paths"].as_array().unwrap().iter();
        paths.find(|path| path["name"] == name).unwrap()["verdict"].clone()
    };
    assert_eq!(verdict("live"), "reachable", "{document:#}");
    assert_ne!(verdict("latest"), "reachable", "it is in no VPC");

    let asked: Vec<_> = proxy
        .calls()
        .into_iter()
        .filter(|call| call.action == CONFIGURATION)
        .collect();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].query, "Qualifier=live");
}
