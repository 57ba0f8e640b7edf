//! Reading values whose shape CloudTrail does not promise.
//!
//! EC2's newer calls were XML once: a list of one is an object, an empty element is `""`, digits became numbers and
//! `true` a boolean; they stand under one key that is called differently by each call. Other services lower the first
//! letter of a member and leave the rest. So a type never fails, and names are compared without case.

use serde_json::Value;

use crate::network::id::{AccountId, Region};

/// The longest text that is kept of one value. CloudTrail itself cuts user agents and error messages at 1 KB, and an ARN
/// has at most 2,048 characters.
const MAX_TEXT: usize = 2_048;

/// The member of that name.
pub(super) fn member<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    let object = value.as_object()?;
    object.get(name).or_else(|| {
        object
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    })
}

/// The member at a path of names.
pub(super) fn at<'a>(value: &'a Value, path: &[&str]) -> Option<&'a Value> {
    path.iter().try_fold(value, |value, name| member(value, name))
}

/// What stands under the one key around the whole, if that is how it was written: `{"DeleteNatGatewayRequest": {…}}`.
/// The key is not looked at, as some are abbreviated (`DelTGwVpcAttachReq`), but that it starts with a capital, which no
/// member of an unwrapped request or response does.
pub(super) fn unwrapped(value: &Value) -> &Value {
    if let Some(object) = value.as_object()
        && object.len() == 1
        && let Some((key, inner)) = object.iter().next()
        && key.starts_with(|c: char| c.is_ascii_uppercase())
        && (inner.is_object() || inner.as_str() == Some(""))
    {
        inner
    } else {
        value
    }
}

/// A scalar as text: `"x"`, 5, true, or `{"tag": 1, "content": "x"}`; `None` for what is empty.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => Some(kept(text)),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(boolean) => Some(boolean.to_string()),
        Value::Object(object) => match object.get("content") {
            Some(Value::String(text)) if !text.is_empty() => Some(kept(text)),
            Some(Value::Number(number)) => Some(number.to_string()),
            _ => None,
        },
        _ => None,
    }
}

/// The member of that name, as text.
pub(super) fn text_of(value: &Value, name: &str) -> Option<String> {
    member(value, name).and_then(text)
}

/// As much of a text as is kept.
pub(super) fn kept(text: &str) -> String {
    match text.char_indices().nth(MAX_TEXT) {
        Some((end, _)) => text.get(..end).unwrap_or_default().to_owned(),
        None => text.to_owned(),
    }
}

/// The member of that name as an account's id: twelve digits, of which those at the beginning are lost where it was taken
/// for a number. Ids are made with it, so that it is an account's or none.
pub(super) fn account_of(value: &Value, name: &str) -> Option<AccountId> {
    let id = text_of(value, name)?;
    let digits = (1..=12).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| format!("{id:0>12}").as_str().into())
}

/// The member of that name as a Region's: `eu-west-1`.
pub(super) fn region_of(value: &Value, name: &str) -> Option<Region> {
    let name = text_of(value, name)?;
    let letters = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    ((4..=32).contains(&name.len()) && name.bytes().all(letters)).then(|| name.as_str().into())
}

/// A whole number: 5 or `"5"`.
pub(super) fn integer(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| text(value)?.parse().ok())
}

/// A boolean: true, `"true"`, or `{"value": true}`.
pub(super) fn boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(boolean) => Some(*boolean),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        Value::Object(_) => match member(value, "value") {
            Some(inner) if !inner.is_object() => boolean(inner),
            _ => None,
        },
        _ => None,
    }
}

/// The elements of a list, however it was written: `[…]`, `{"items": […]}`, `{"item": {…}}`, one object in place of a
/// list of one, nothing in place of an empty one.
pub(super) fn list(value: &Value) -> Vec<&Value> {
    match value {
        Value::Null => Vec::new(),
        Value::String(text) if text.is_empty() => Vec::new(),
        Value::Array(elements) => elements.iter().collect(),
        Value::Object(object) if object.is_empty() => Vec::new(),
        Value::Object(object) => {
            match ["items", "item", "member"]
                .iter()
                .find_map(|name| object.get(*name))
            {
                Some(Value::Array(elements)) => elements.iter().collect(),
                Some(Value::Null) => Vec::new(),
                Some(Value::String(text)) if text.is_empty() => Vec::new(),
                Some(one) => vec![one],
                None => vec![value],
            }
        }
        scalar => vec![scalar],
    }
}

/// The elements of the list of that name.
pub(super) fn list_of<'a>(value: &'a Value, name: &str) -> Vec<&'a Value> {
    member(value, name).map(list).unwrap_or_default()
}

/// Whether there is nothing in it.
pub(super) fn is_empty(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.is_empty(),
        Some(Value::Object(object)) => object.is_empty(),
        Some(Value::Array(elements)) => elements.is_empty(),
        Some(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_a_capital_key_around_the_whole_is_stepped_through() {
        let wrapped = json!({"DelTGwVpcAttachReq": {"TransitGatewayAttachmentId": "tgw-attach-1"}});
        assert_eq!(
            unwrapped(&wrapped),
            &json!({"TransitGatewayAttachmentId": "tgw-attach-1"})
        );
        let plain = json!({"instancesSet": {"items": []}});
        assert_eq!(unwrapped(&plain), &plain);
        assert_eq!(unwrapped(&json!({"CreateIpamRequest": ""})), &json!(""));
        let two = json!({"A": {}, "B": {}});
        assert_eq!(unwrapped(&two), &two);
    }

    #[test]
    fn every_way_to_write_a_list() {
        for (written, length) in [
            (json!(null), 0),
            (json!(""), 0),
            (json!({}), 0),
            (json!([1, 2]), 2),
            (json!({"items": [{"groupId": "sg-1"}]}), 1),
            (json!({"item": {"resourceId": "vpce-1"}}), 1),
            (json!({"item": ["a", "b"]}), 2),
            (json!({"item": ""}), 0),
            (json!({"tag": 1, "content": "vpce-1"}), 1),
            (json!("a"), 1),
        ] {
            assert_eq!(list(&written).len(), length, "{written}");
        }
    }

    #[test]
    fn scalars_in_any_type() {
        assert_eq!(
            text(&json!({"tag": 1, "content": "vpce-1"})).as_deref(),
            Some("vpce-1")
        );
        assert_eq!(text(&json!(999_999_999_999_u64)).as_deref(), Some("999999999999"));
        assert_eq!(integer(&json!("5432")), Some(5432));
        assert_eq!(integer(&json!({})), None);
        assert_eq!(boolean(&json!("true")), Some(true));
        assert_eq!(boolean(&json!({"value": "false"})), Some(false));
        assert_eq!(boolean(&json!({"value": {"value": true}})), None);
        assert_eq!(
            member(&json!({"dBInstanceIdentifier": "x"}), "DBInstanceIdentifier"),
            Some(&json!("x"))
        );
    }

    #[test]
    fn accounts_and_regions_or_nothing() {
        let account = |id: Value| account_of(&json!({"id": id}), "id").map(|id| id.to_string());
        assert_eq!(account(json!("123456789012")).as_deref(), Some("123456789012"));
        assert_eq!(
            account(json!(12_345_678_901_u64)).as_deref(),
            Some("012345678901")
        );
        for odd in [
            json!("anonymous"),
            json!(""),
            json!("1234567890123"),
            json!(-1),
            json!(null),
        ] {
            assert_eq!(account(odd), None);
        }
        let region = |name: &str| region_of(&json!({"name": name}), "name").map(|name| name.to_string());
        assert_eq!(region("us-gov-west-1").as_deref(), Some("us-gov-west-1"));
        assert_eq!(region("eu west 1"), None);
    }

    #[test]
    fn a_giant_text_is_cut_between_characters() {
        assert_eq!(kept(&"é".repeat(5_000)).chars().count(), MAX_TEXT);
    }
}
