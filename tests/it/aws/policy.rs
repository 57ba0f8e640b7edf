//! The permissions that are told of are those that are used.

use hopwatch::aws::describe::Call;

use crate::hopwatch::root;

#[test]
fn the_readme_lists_every_action_one_by_one() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let (_, policy) = readme.split_once("```json\n").unwrap();
    let (policy, _) = policy.split_once("```").unwrap();
    let policy: serde_json::Value = serde_json::from_str(policy).unwrap();
    let actions = policy["Statement"][0]["Action"].as_array().unwrap();
    let listed: Vec<&str> = actions.iter().map(|action| action.as_str().unwrap()).collect();
    assert_eq!(listed, Call::permissions());
}
