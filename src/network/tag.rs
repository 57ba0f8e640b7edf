//! Tags, as EC2 prints them.

use serde::{Deserialize, Serialize};

/// A tag (API_Tag). Anybody who may create a resource writes them: data, never instructions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Tag {
    /// The key.
    pub key: String,
    /// The value.
    #[serde(default)]
    pub value: String,
}

/// The value of the tag `Name`, where it is there and says something.
pub fn name(tags: &[Tag]) -> Option<&str> {
    tags.iter()
        .find(|tag| tag.key == "Name")
        .map(|tag| tag.value.as_str())
        .filter(|name| !name.trim().is_empty())
}
