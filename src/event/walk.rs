//! Every id that a part of a record holds, wherever it stands.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::network::Place;
use crate::network::id::{AccountId, Region, ResourceId};

use super::action::{ActionRow, Part};
use super::loose;
use super::recognise::{self, Recognised, recognise};
use super::touched::{Role, TouchedResource, What};

/// How deep a record is read. CloudTrail's are a dozen levels deep.
const MAX_DEPTH: usize = 48;

/// How many resources are kept of one event. A call names a thousand at most.
const MAX_RESOURCES: usize = 5_000;

/// Names that only make a list.
const LIST_NAMES: [&str; 4] = ["items", "item", "content", "member"];

/// What is not read: texts and tags, where ids may stand that nothing was done to.
const NOT_READ: [&str; 13] = [
    "clienttoken",
    "description",
    "environment",
    "policydocument",
    "requestid",
    "tag",
    "taglist",
    "tags",
    "tagset",
    "tagspecification",
    "tagspecificationset",
    "userdata",
    "xmlns",
];

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Found {
    resources: BTreeSet<TouchedResource>,
    /// What the response says that the call was not done to.
    refused: BTreeSet<ResourceId>,
    /// The first code that says why not.
    pub(super) refusal: Option<String>,
    /// Not everything was read.
    pub(super) cut: bool,
}

impl Found {
    /// Reads a part of a record. The table's row says what became of what stands where.
    pub(super) fn read(&mut self, value: &Value, part: Part, row: Option<&ActionRow>, place: &Place) {
        let mut walk = Walk {
            found: self,
            part,
            row,
            place,
            path: String::new(),
            refused: false,
        };
        walk.value(loose::unwrapped(value), "", 0);
    }

    /// Adds a resource that was told in another way.
    pub(super) fn add(&mut self, recognised: Recognised, role: Role) {
        let Recognised {
            id,
            what,
            account,
            region,
        } = recognised;
        self.insert(TouchedResource {
            id,
            what,
            role,
            account,
            region,
        });
    }

    fn insert(&mut self, resource: TouchedResource) {
        if self.resources.len() < MAX_RESOURCES {
            self.resources.insert(resource);
        } else {
            self.cut = true;
        }
    }

    /// Whether everything that was asked for was refused.
    pub(super) fn all_refused(&self) -> bool {
        let mut asked = self
            .resources
            .iter()
            .filter(|resource| resource.is_changed())
            .peekable();
        asked.peek().is_some() && asked.all(|resource| self.refused.contains(&resource.id))
    }

    /// Each resource once, with the role that says most, in the order of their ids; without what was refused.
    pub(super) fn resources(self) -> Vec<TouchedResource> {
        let mut merged: Vec<TouchedResource> = Vec::new();
        for resource in self.resources {
            if self.refused.contains(&resource.id) {
                continue;
            }
            match merged.last_mut() {
                Some(last) if last.id == resource.id && last.what == resource.what => {
                    last.role = last.role.max(resource.role);
                    last.account = last.account.take().or(resource.account);
                    last.region = last.region.take().or(resource.region);
                }
                _ => merged.push(resource),
            }
        }
        merged
    }
}

struct Walk<'a> {
    found: &'a mut Found,
    part: Part,
    row: Option<&'a ActionRow>,
    place: &'a Place,
    /// The names down to here in lower case, parted by points.
    path: String,
    /// Inside a list of what the call was not done to.
    refused: bool,
}

impl Walk<'_> {
    fn value(&mut self, value: &Value, parameter: &str, depth: usize) {
        if depth > MAX_DEPTH {
            self.found.cut = true;
            return;
        }
        match value {
            Value::Array(elements) => {
                for element in elements {
                    self.value(element, parameter, depth + 1);
                }
            }
            Value::Object(object) => {
                for (name, inner) in object {
                    let name = name.to_ascii_lowercase();
                    let twice = name == "loadbalancername" && object.contains_key("loadBalancerArn");
                    if NOT_READ.contains(&name.as_str()) || twice {
                        continue;
                    }
                    if LIST_NAMES.contains(&name.as_str()) {
                        self.value(inner, parameter, depth + 1);
                    } else if name == "rulegroupname" {
                        // A rule group's ARN has its type in it.
                        let kind = object.get("type").and_then(Value::as_str).unwrap_or_default();
                        let parameter = kind.to_ascii_lowercase() + &name;
                        self.member(inner, &name, &parameter, depth);
                    } else {
                        self.member(inner, &name, &name, depth);
                    }
                }
            }
            Value::String(text) => self.text(text, parameter),
            Value::Number(_) | Value::Bool(_) | Value::Null => {}
        }
    }

    fn member(&mut self, value: &Value, name: &str, parameter: &str, depth: usize) {
        let (length, refused) = (self.path.len(), self.refused);
        if !self.path.is_empty() {
            self.path.push('.');
        }
        self.path.push_str(name);
        self.refused |= name.starts_with("unsuccessful");
        if self.refused && name == "code" && self.found.refusal.is_none() {
            self.found.refusal = loose::text(value);
        }
        self.value(value, parameter, depth + 1);
        self.path.truncate(length);
        self.refused = refused;
    }

    fn text(&mut self, text: &str, parameter: &str) {
        if parameter == "vpczoneidentifier" {
            // Auto Scaling writes a list of subnets as one text.
            for id in text.split(',').take(MAX_RESOURCES) {
                self.id(id.trim(), "subnetid");
            }
        } else {
            self.id(text, parameter);
        }
    }

    fn id(&mut self, text: &str, parameter: &str) {
        let told = self.row.and_then(|row| row.role_at(self.part, &self.path));
        let recognised = recognise(text, parameter, self.place).or_else(|| {
            // The table says that an id stands here, whatever it looks like.
            let other = told.is_some() && recognise::is_token(text);
            let (account, region): (Option<AccountId>, Option<Region>) = (None, None);
            other.then(|| Recognised {
                id: text.into(),
                what: What::Other,
                account,
                region,
            })
        });
        let Some(recognised) = recognised else { return };
        if self.refused {
            if self.found.refused.len() < MAX_RESOURCES {
                self.found.refused.insert(recognised.id);
            }
            return;
        }
        let role = told.unwrap_or(match recognised.what {
            What::Component(crate::network::Kind::Vpc | crate::network::Kind::Subnet) => Role::Parent,
            _ => Role::Named,
        });
        self.found.add(recognised, role);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::action::Actions;
    use super::*;

    fn read(action: &str, request: Value, response: Value) -> Found {
        let row = Actions::known().find("ec2", action, None, Some(&request));
        let mut found = Found::default();
        found.read(&request, Part::Request, row, &Place::default());
        found.read(&response, Part::Response, row, &Place::default());
        found
    }

    fn told(found: Found) -> Vec<String> {
        let told = |r: TouchedResource| format!("{} {} {}", r.id, r.what, r.role.as_str());
        found.resources().into_iter().map(told).collect()
    }

    #[test]
    fn one_or_several_wrapped_ids() {
        let one = json!({"DeleteVpcEndpointsRequest": {"VpcEndpointId": {"tag": 1, "content": "vpce-0123456789abcdef0"}}});
        let several = json!({"DeleteVpcEndpointsRequest": {"VpcEndpointId": [
            {"tag": 1, "content": "vpce-0123456789abcdef0"}, {"tag": 2, "content": "vpce-0123456789abcdef1"}]}});
        assert_eq!(
            told(read("DeleteVpcEndpoints", one, json!(null))),
            ["vpce-0123456789abcdef0 vpc-endpoint deleted"]
        );
        assert_eq!(told(read("DeleteVpcEndpoints", several, json!(null))).len(), 2);
    }

    #[test]
    fn what_was_refused_was_not_done() {
        let request = json!({"DeleteVpcEndpointsRequest": {"VpcEndpointId": [
            {"tag": 1, "content": "vpce-0123456789abcdef0"}, {"tag": 2, "content": "vpce-0123456789abcdef1"}]}});
        let refused =
            |id: &str| json!({"resourceId": id, "error": {"code": "InvalidParameter", "message": "no"}});
        let some = json!({"DeleteVpcEndpointsResponse": {"unsuccessful": {"item": refused("vpce-0123456789abcdef1")}}});
        let all = json!({"DeleteVpcEndpointsResponse": {"unsuccessful": {"item": [
            refused("vpce-0123456789abcdef0"), refused("vpce-0123456789abcdef1")]}}});
        let found = read("DeleteVpcEndpoints", request.clone(), some);
        assert!(!found.all_refused());
        assert_eq!(told(found), ["vpce-0123456789abcdef0 vpc-endpoint deleted"]);
        let found = read("DeleteVpcEndpoints", request, all);
        assert!(found.all_refused());
        assert_eq!(found.refusal.as_deref(), Some("InvalidParameter"));
    }

    #[test]
    fn the_group_is_changed_and_the_group_in_its_rule_named() {
        let request = json!({"groupId": "sg-0123456789abcdef0", "ipPermissions": {"items": [
            {"ipProtocol": "tcp", "groups": {"items": [{"groupId": "sg-0123456789abcdef1"}]}}]}});
        assert_eq!(
            told(read(
                "AuthorizeSecurityGroupIngress",
                request,
                json!({"_return": true})
            )),
            [
                "sg-0123456789abcdef0 security-group changed",
                "sg-0123456789abcdef1 security-group named"
            ]
        );
    }

    #[test]
    fn tags_and_descriptions_touch_nothing() {
        let request = json!({"subnetId": "subnet-0123456789abcdef0", "description": "eni-0123456789abcdef0",
            "tagSet": {"items": [{"key": "vpc", "value": "vpc-0123456789abcdef0"}]}});
        assert_eq!(
            told(read("CreateNetworkInterface", request, json!(null))),
            ["subnet-0123456789abcdef0 subnet parent"]
        );
    }

    #[test]
    fn too_deep_or_too_much_is_said() {
        let mut deep = json!("sg-0123456789abcdef0");
        for _ in 0..1_000 {
            deep = json!([deep]);
        }
        assert!(read("CreateRoute", json!({"routeTableId": deep}), json!(null)).cut);
        let many: Vec<String> = (0..6_000).map(|n| format!("i-{n:017x}")).collect();
        assert!(read("StopInstances", json!({"instancesSet": many}), json!(null)).cut);
    }
}
