//! A JSON object as the AWS CLI prints one: PascalCase keys, and no key where AWS said nothing.
//!
//! The SDK's types cannot be serialised. Each is written out field by field instead, which the compiler checks, and a
//! test compares what is written with all fields that the loader knows (`network/load/every_field.json`).

use std::collections::HashMap;

use serde_json::{Map, Value};

/// An object being written.
#[derive(Debug, Clone, Default)]
pub(super) struct Object(Map<String, Value>);

impl Object {
    pub(super) fn new() -> Self {
        Self::default()
    }

    fn with(mut self, key: &str, value: Option<impl Into<Value>>) -> Self {
        if let Some(value) = value {
            self.0.insert(key.to_owned(), value.into());
        }
        self
    }

    pub(super) fn text(self, key: &str, value: Option<&str>) -> Self {
        self.with(key, value)
    }

    pub(super) fn number(self, key: &str, value: Option<i32>) -> Self {
        self.with(key, value)
    }

    pub(super) fn flag(self, key: &str, value: Option<bool>) -> Self {
        self.with(key, value)
    }

    /// Another object in this one.
    pub(super) fn object<T>(self, key: &str, value: Option<&T>, written: impl Fn(&T) -> Self) -> Self {
        self.with(key, value.map(|value| written(value).0))
    }

    /// A list of objects; no key where it is empty.
    pub(super) fn list<T>(self, key: &str, values: &[T], written: impl Fn(&T) -> Self) -> Self {
        let values: Vec<Value> = values
            .iter()
            .map(|value| Value::Object(written(value).0))
            .collect();
        self.with(key, (!values.is_empty()).then_some(values))
    }

    /// A list that is there even if it is empty: no entries is another answer than no answer.
    pub(super) fn whole_list(self, key: &str, values: Vec<Value>) -> Self {
        self.with(key, Some(values))
    }

    /// A list of texts; no key where it is empty.
    pub(super) fn texts(self, key: &str, values: &[String]) -> Self {
        self.with(key, (!values.is_empty()).then(|| values.to_vec()))
    }

    /// A list of numbers; no key where it is empty.
    pub(super) fn numbers(self, key: &str, values: &[i32]) -> Self {
        self.with(key, (!values.is_empty()).then(|| values.to_vec()))
    }

    /// An object of objects by names of the user's.
    pub(super) fn map<T>(
        self,
        key: &str,
        values: Option<&HashMap<String, T>>,
        written: impl Fn(&T) -> Self,
    ) -> Self {
        let values = values.map(|values| {
            let pairs = values
                .iter()
                .map(|(name, value)| (name.clone(), Value::Object(written(value).0)));
            Value::Object(pairs.collect())
        });
        self.with(key, values)
    }

    /// Tags of EC2's.
    pub(super) fn tags(self, key: &str, tags: &[aws_sdk_ec2::types::Tag]) -> Self {
        self.list(key, tags, |tag| {
            Self::new().text("Key", tag.key()).text("Value", tag.value())
        })
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Self {
        Self::Object(object.0)
    }
}
