//! `hopwatch import` of what Reachability Analyzer keeps. No emulator has these paths: the proxy answers.

use super::network::{run, run_with, stage};
use super::proxy::Step;

const ACTION: &str = "DescribeNetworkInsightsPaths";

fn page(paths: &str, token: &str) -> Step {
    Step::Answer {
        status: 200,
        content_type: "text/xml",
        body: format!(
            "<{ACTION}Response><requestId>0</requestId><networkInsightsPathSet>{paths}</networkInsightsPathSet>{token}\
             </{ACTION}Response>"
        ),
    }
}

const FIRST: &str = "<item><networkInsightsPathId>nip-0aa11bb22cc33dd44</networkInsightsPathId>\
    <source>eni-0aa11bb22cc33dd44</source><destination>igw-0aa11bb22cc33dd44</destination><protocol>tcp</protocol>\
    <destinationPort>443</destinationPort><tagSet><item><key>Name</key><value>out</value></item></tagSet></item>";
const SECOND: &str = "<item><networkInsightsPathId>nip-1aa11bb22cc33dd44</networkInsightsPathId>\
    <source>eni-1aa11bb22cc33dd44</source><protocol>tcp</protocol><filterAtSource>\
    <destinationAddress>198.51.100.22</destinationAddress><destinationPortRange><fromPort>22</fromPort><toPort>22</toPort>\
    </destinationPortRange></filterAtSource></item>";

#[test]
fn the_paths_of_the_account_become_a_path_file() {
    let (account, _, proxy, folder) = stage();
    let pages = [page(FIRST, "<nextToken>more</nextToken>"), page(SECOND, "")];
    proxy.script("ec2", ACTION, pages);
    let imported = run(&account, proxy.url(), folder.path(), &["import"]);
    assert_eq!((imported.code, imported.stderr.as_str()), (0, ""));
    assert!(imported.stdout.contains("name: \"out\"\n"), "{}", imported.stdout);
    assert!(
        imported.stdout.contains("name: nip-1aa11bb22cc33dd44\n"),
        "{}",
        imported.stdout
    );
    assert!(imported.stdout.contains("198.51.100.22"), "{}", imported.stdout);
    std::fs::write(folder.path().join("imported.yaml"), &imported.stdout).unwrap();
    let valid = run(
        &account,
        proxy.url(),
        folder.path(),
        &["validate", "--paths", "imported.yaml"],
    );
    assert_eq!((valid.code, valid.stderr.as_str()), (0, ""));
}

#[test]
fn half_a_list_is_none() {
    let (account, _, proxy, folder) = stage();
    let once = [("AWS_MAX_ATTEMPTS", "1")];
    let import = || run_with(&account, proxy.url(), folder.path(), &once, &["import"]);
    proxy.script(
        "ec2",
        ACTION,
        [page(FIRST, "<nextToken>more</nextToken>"), Step::denied()],
    );
    let denied = import();
    assert_eq!((denied.code, denied.stdout.as_str()), (4, ""));
    assert!(
        denied.stderr.contains("ec2:DescribeNetworkInsightsPaths"),
        "{}",
        denied.stderr
    );

    let same = page(FIRST, "<nextToken>more</nextToken>");
    proxy.script("ec2", ACTION, [same.clone(), same]);
    let circling = import();
    assert_eq!((circling.code, circling.stdout.as_str()), (4, ""));
    assert!(
        circling.stderr.contains("the same page twice"),
        "{}",
        circling.stderr
    );
}
