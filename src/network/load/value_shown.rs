//! One value of a JSON text, found by its path and shown in few characters, without keeping the rest in memory.

use std::fmt;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_path_to_error::{Path, Segment};

/// Longer texts are cut.
const LONGEST: usize = 60;

/// What sort of value a text is, if it is one: "a list", "an object", "`null`" …
pub(super) fn kind_of(text: &str) -> Option<&'static str> {
    let kind = match text.trim_start_matches([' ', '\t', '\r', '\n']).bytes().next()? {
        b'{' => return Some("an object"),
        b'[' => "a list",
        b'"' => "a text",
        b't' | b'f' => "a truth value",
        b'n' => "`null`",
        _ => "a number",
    };
    serde_json::from_str::<IgnoredAny>(text).is_ok().then_some(kind)
}

/// The value at a path, shown. The text need not be whole behind it.
pub(super) fn shown_at(text: &str, path: &Path) -> Option<String> {
    let steps: Vec<&Segment> = path.iter().collect();
    let mut found = None;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    // What stands behind the value may be broken.
    let _ = Seek {
        steps: &steps,
        found: &mut found,
    }
    .deserialize(&mut deserializer);
    found
}

/// Follows a path. Recursion is bounded by the parser's own limit of depth.
struct Seek<'a> {
    steps: &'a [&'a Segment],
    found: &'a mut Option<String>,
}

impl<'de> DeserializeSeed<'de> for Seek<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.steps.is_empty() {
            let Shown(shown) = Shown::deserialize(deserializer)?;
            *self.found = Some(shown);
            return Ok(());
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seek<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or a list")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Some((Segment::Map { key: wanted }, steps)) = self.steps.split_first() else {
            return Err(A::Error::custom("no such path"));
        };
        while let Some(key) = map.next_key::<String>()? {
            // Of a key that stands there twice, the first that was no good.
            if key == *wanted && self.found.is_none() {
                map.next_value_seed(Seek {
                    steps,
                    found: &mut *self.found,
                })?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let Some((Segment::Seq { index: wanted }, steps)) = self.steps.split_first() else {
            return Err(A::Error::custom("no such path"));
        };
        for _ in 0..*wanted {
            if seq.next_element::<IgnoredAny>()?.is_none() {
                return Ok(());
            }
        }
        seq.next_element_seed(Seek {
            steps,
            found: &mut *self.found,
        })?;
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }
}

/// A value in few characters.
struct Shown(String);

impl<'de> Deserialize<'de> for Shown {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ShownVisitor;

        impl<'de> Visitor<'de> for ShownVisitor {
            type Value = Shown;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any value")
            }

            fn visit_bool<E>(self, value: bool) -> Result<Shown, E> {
                Ok(Shown(format!("`{value}`")))
            }

            fn visit_i64<E>(self, value: i64) -> Result<Shown, E> {
                Ok(Shown(format!("`{value}`")))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Shown, E> {
                Ok(Shown(format!("`{value}`")))
            }

            fn visit_f64<E>(self, value: f64) -> Result<Shown, E> {
                Ok(Shown(format!("`{value:?}`")))
            }

            fn visit_str<E>(self, value: &str) -> Result<Shown, E> {
                let short: String = value.chars().take(LONGEST).collect();
                let cut = if short.len() < value.len() { "…" } else { "" };
                // As JSON, so that control characters do not reach a terminal.
                let quoted = serde_json::to_string(&short).unwrap_or_default();
                Ok(Shown(format!("`{quoted}`{cut}")))
            }

            fn visit_unit<E>(self) -> Result<Shown, E> {
                Ok(Shown(String::from("`null`")))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Shown, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Shown(String::from("a list")))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Shown, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Shown(String::from("an object")))
            }
        }

        deserializer.deserialize_any(ShownVisitor)
    }
}
