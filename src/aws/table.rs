//! What is remembered, in a DynamoDB table: one item a path, and one a rule set that paths refer to ([`super::rule_items`]).
//!
//! | attribute | type | what |
//! |---|---|---|
//! | `pk` | S, the partition key | `path#` and the path's name; `file#` and where the path file is; `sweep#last` |
//! | `version` | N | a write is conditional on it |
//! | `record` | S | the record as JSON (`hopwatch schema state`), at most 400 KB with the rest; without rule sets |
//! | `rules` | SS | the keys of the rule sets of its last good trace; absent: they are in the record, or there are none |
//! | `state`, `verdict` | S | the same words again, for people who look |
//! | `expires` | N | seconds since 1970, once the path is no longer in the file: the table's TTL attribute |
//!
//! A conditional write that DynamoDB did and whose answer was lost fails when the SDK tries it again: what stands there
//! is compared, and our own is no conflict.
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html>

use std::collections::{HashMap, HashSet};
use std::error::Error;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;

use crate::monitor::{LastGood, Record, Records, RuleSets, SCHEMA_VERSION, Saved, StoreError, Write};

use super::pages::each_page;
use super::rule_items::{RULES, Referred, RuleItems, Unused};
use super::trouble::Trouble;

/// How many writes are under way at once.
const AT_ONCE: usize = 16;

/// The most bytes of a record: an item may have 400 KB, names and all (DynamoDB Developer Guide, "Quotas").
const MOST_BYTES: usize = 400_000;

const PATH: &str = "path#";
const FILE: &str = "file#";
const SWEEP: &str = "sweep#last";

type Item = HashMap<String, AttributeValue>;

/// A record, and the keys of the rule sets that it refers to.
type Referring = (Record, Vec<String>);

/// What is in the table.
#[derive(Debug, Default)]
pub(super) struct Contents {
    pub(super) records: Records,
    /// The keys of the rule sets that the records refer to.
    pub(super) rules: HashSet<String>,
    /// Rule sets that nothing refers to.
    pub(super) unused: Vec<Unused>,
}

/// The table.
#[derive(Debug, Clone)]
pub struct Table {
    client: Client,
    name: String,
}

/// What a path file was when it was last valid, and which broken version was told of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileItem {
    /// The text of the last valid version; `None`: it is too long to be kept.
    pub good: Option<String>,
    /// Its version.
    pub good_version: Option<String>,
    /// The broken version that was announced.
    pub told_version: Option<String>,
}

impl Table {
    /// The table of that name.
    pub fn new(config: &SdkConfig, name: impl Into<String>) -> Self {
        Self {
            client: Client::new(config),
            name: name.into(),
        }
    }

    /// All records.
    ///
    /// # Errors
    ///
    /// If the table cannot be read, or an item is none that this version can read: nothing is decided over it.
    pub async fn records(&self) -> Result<Records, StoreError> {
        Ok(self.contents().await?.records)
    }

    /// All records, and the rule sets that they refer to. Half a table would say of paths that nothing is known.
    pub(super) async fn contents(&self) -> Result<Contents, StoreError> {
        let items = self.items().await;
        let (records, mut rules) = items.map_err(|trouble| self.broken("read", &trouble))?;
        let mut contents = Contents::default();
        for record in records {
            let (mut record, keys) = record?;
            if let Some(good) = &mut record.last_good
                && !keys.is_empty()
            {
                match rules.find(&keys) {
                    Some(sets) => good.rules = sets,
                    None => record.last_good = None,
                }
            }
            contents.records.insert(record.name.clone(), record);
        }
        contents.unused = rules.unused();
        contents.rules = rules.into_used();
        Ok(contents)
    }

    async fn items(&self) -> Result<(Vec<Result<Referring, StoreError>>, RuleItems), Trouble> {
        let call = self
            .client
            .scan()
            .table_name(&self.name)
            .consistent_read(true)
            .filter_expression("begins_with(pk, :path) OR begins_with(pk, :rules)")
            .expression_attribute_values(":path", AttributeValue::S(PATH.into()))
            .expression_attribute_values(":rules", AttributeValue::S(RULES.into()));
        let (mut records, mut rules) = (Vec::new(), RuleItems::default());
        // Each page is read as it comes: all of the texts at once would be most of the function's memory.
        each_page!(call, last_evaluated_key, page => for item in page.items() {
            match text_of(item, "pk").filter(|key| key.starts_with(RULES)) {
                Some(key) => rules.add(key, text_of(item, "rules"), text_of(item, "written")),
                None => records.push(self.read(item).map(|record| (record, keys_of(item).to_vec()))),
            }
        });
        Ok((records, rules))
    }

    async fn record(&self, name: &str) -> Result<Option<Record>, StoreError> {
        let item = self.item(&format!("{PATH}{name}")).await?;
        item.map(|item| self.read(&item)).transpose()
    }

    async fn item(&self, key: &str) -> Result<Option<Item>, StoreError> {
        let call = self
            .client
            .get_item()
            .table_name(&self.name)
            .consistent_read(true);
        let answer = call.key("pk", AttributeValue::S(key.into())).send().await;
        Ok(answer.map_err(|error| self.failed("read", &error))?.item)
    }

    /// Writes an item of texts over whatever is there.
    async fn put<'v>(
        &self,
        key: &str,
        texts: impl IntoIterator<Item = (&'static str, &'v str)>,
    ) -> Result<(), StoreError> {
        let mut call = self.client.put_item().table_name(&self.name);
        call = call.item("pk", AttributeValue::S(key.into()));
        for (name, value) in texts {
            call = call.item(name, AttributeValue::S(value.into()));
        }
        call.send()
            .await
            .map_err(|error| self.failed("write to", &error))?;
        Ok(())
    }

    /// Writes one record, if it still has the version that it was read with, and the keys of its rule sets.
    async fn write(&self, write: &Write, rules: Option<Vec<String>>) -> Result<Saved, StoreError> {
        let key = AttributeValue::S(format!("{PATH}{}", write.name));
        let condition = match write.expected {
            None => "attribute_not_exists(pk)",
            Some(_) => "version = :version",
        };
        let expected = write
            .expected
            .map(|version| AttributeValue::N(version.to_string()));
        let Some(record) = &write.record else {
            let call = self
                .client
                .delete_item()
                .table_name(&self.name)
                .key("pk", key)
                .condition_expression(condition)
                .set_expression_attribute_values(
                    expected.map(|version| HashMap::from([(":version".to_owned(), version)])),
                );
            return match call.send().await {
                Ok(_) => Ok(Saved::Yes),
                Err(error)
                    if error
                        .as_service_error()
                        .is_some_and(DeleteItemError::is_conditional_check_failed_exception) =>
                {
                    // Gone is what was wanted, whoever did it.
                    let left = self.record(&write.name).await?;
                    Ok(if left.is_none() {
                        Saved::Yes
                    } else {
                        Saved::Conflict
                    })
                }
                Err(error) => Err(self.failed("write to", &error)),
            };
        };
        let mut short = record.clone();
        short.last_good = short.last_good.filter(|_| rules.is_some()).map(|good| LastGood {
            rules: RuleSets::default(),
            ..good
        });
        let text = (short.to_json(MOST_BYTES)).map_err(|error| StoreError(error.to_string()))?;
        let rules = rules.unwrap_or_default();
        let mut call = self
            .client
            .put_item()
            .table_name(&self.name)
            .item("pk", key)
            .item("version", AttributeValue::N(record.version.to_string()))
            .item("record", AttributeValue::S(text.clone()))
            .item("state", AttributeValue::S(record.state.as_str().to_owned()))
            .item("verdict", AttributeValue::S(record.verdict.as_str().to_owned()))
            .condition_expression(condition)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        if !rules.is_empty() {
            call = call.item("rules", AttributeValue::Ss(rules.clone()));
        }
        if let Some(expires) = record.expires {
            call = call.item("expires", AttributeValue::N(expires.as_second().to_string()));
        }
        if let Some(version) = expected {
            call = call.expression_attribute_values(":version", version);
        }
        match call.send().await {
            Ok(_) => Ok(Saved::Yes),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(failed)) => {
                    let is_ours = failed.item().is_some_and(|item| {
                        text_of(item, "record") == Some(&text) && same(keys_of(item), &rules)
                    });
                    Ok(if is_ours { Saved::Yes } else { Saved::Conflict })
                }
                _ => Err(self.failed("write to", &error)),
            },
        }
    }

    /// Writes records, what they refer to first, as of now. `known`: the keys of rule sets that are in the table.
    pub(super) async fn save(
        &self,
        writes: &[Write],
        known: &mut HashSet<String>,
        now: Timestamp,
    ) -> Result<Vec<Saved>, StoreError> {
        let mut referred = Referred::new(known, MOST_BYTES);
        let keys = |write: &Write| write.record.as_ref().and_then(|record| referred.keys(record));
        let keys: Vec<Option<Vec<String>>> = writes.iter().map(keys).collect();
        let new = referred.into_new();
        let now = now.to_string();
        let puts = new.iter();
        let puts =
            puts.map(|(key, text)| self.put(key, [("rules", text.as_str()), ("written", now.as_str())]));
        stream::iter(puts).buffered(AT_ONCE).try_collect::<()>().await?;
        known.extend(new.into_keys());
        stream::iter(
            writes
                .iter()
                .zip(keys)
                .map(|(write, keys)| self.write(write, keys)),
        )
        .buffered(AT_ONCE)
        .collect::<Vec<_>>()
        .await
        .into_iter()
        .collect()
    }

    /// Deletes rule sets that nothing refers to and that are old enough. What was written again meanwhile stays, and what
    /// could not be deleted is found by the next run.
    pub(super) async fn forget(&self, unused: &[Unused], now: Timestamp) {
        let delete = |Unused { key, written }: &Unused| {
            self.client
                .delete_item()
                .table_name(&self.name)
                .key("pk", AttributeValue::S(key.clone()))
                .condition_expression("written = :written")
                .expression_attribute_values(":written", AttributeValue::S(written.clone()))
                .send()
        };
        let over = unused.iter().filter(|unused| unused.is_over(now));
        stream::iter(over.map(delete))
            .buffered(AT_ONCE)
            .for_each(|_| std::future::ready(()))
            .await;
    }

    /// What is remembered of the path file.
    ///
    /// # Errors
    ///
    /// If the table cannot be read.
    pub async fn file(&self, location: &str) -> Result<FileItem, StoreError> {
        let item = self.item(&format!("{FILE}{location}")).await?.unwrap_or_default();
        let text = |name| text_of(&item, name).map(str::to_owned);
        Ok(FileItem {
            good: text("good"),
            good_version: text("goodVersion"),
            told_version: text("toldVersion"),
        })
    }

    /// Remembers the path file. The last writer wins: all write what they read.
    ///
    /// # Errors
    ///
    /// If the table cannot be written.
    pub async fn remember_file(&self, location: &str, file: &FileItem) -> Result<(), StoreError> {
        let texts = [
            ("good", &file.good),
            ("goodVersion", &file.good_version),
            ("toldVersion", &file.told_version),
        ];
        let texts = texts
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.as_deref()?)));
        self.put(&format!("{FILE}{location}"), texts).await
    }

    /// When the last sweep was carried out.
    ///
    /// # Errors
    ///
    /// If the table cannot be read.
    pub async fn last_sweep(&self) -> Result<Option<Timestamp>, StoreError> {
        let item = self.item(SWEEP).await?.unwrap_or_default();
        Ok(text_of(&item, "time").and_then(|time| time.parse().ok()))
    }

    /// Remembers that a sweep was carried out.
    ///
    /// # Errors
    ///
    /// If the table cannot be written.
    pub async fn remember_sweep(&self, time: Timestamp) -> Result<(), StoreError> {
        self.put(SWEEP, [("time", time.to_string().as_str())]).await
    }

    fn read(&self, item: &Item) -> Result<Record, StoreError> {
        let damaged = |problem: String| {
            StoreError(format!(
                "item `{}` of table `{}` is no record ({problem}); nothing is decided until it is mended or deleted",
                crate::text::clean(text_of(item, "pk").unwrap_or("?"), 250),
                self.name
            ))
        };
        let text = text_of(item, "record").ok_or_else(|| damaged("it has no text `record`".to_owned()))?;
        let record: Record = serde_json::from_str(text).map_err(|error| damaged(error.to_string()))?;
        if record.schema_version > SCHEMA_VERSION {
            return Err(damaged(format!(
                "it has schema version {}, and this hopwatch knows up to {SCHEMA_VERSION}",
                record.schema_version
            )));
        }
        Ok(record)
    }

    fn failed<E>(&self, action: &str, error: &SdkError<E, HttpResponse>) -> StoreError
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        self.broken(action, &Trouble::of(error))
    }

    fn broken(&self, action: &str, trouble: &Trouble) -> StoreError {
        StoreError(format!("cannot {action} table `{}`: {trouble}", self.name))
    }
}

/// Which rule sets the record of an item refers to.
fn keys_of(item: &Item) -> &[String] {
    let keys = item.get("rules").and_then(|value| value.as_ss().ok());
    keys.map_or(&[], Vec::as_slice)
}

/// Whether two are one set.
fn same(some: &[String], others: &[String]) -> bool {
    some.len() == others.len() && some.iter().all(|key| others.contains(key))
}

fn text_of<'i>(item: &'i Item, name: &str) -> Option<&'i str> {
    item.get(name)?.as_s().ok().map(String::as_str)
}
