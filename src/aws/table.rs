//! What is remembered, in a DynamoDB table: one item a path.
//!
//! | attribute | type | what |
//! |---|---|---|
//! | `pk` | S, the partition key | `path#` and the path's name; `file#` and where the path file is; `sweep#last` |
//! | `version` | N | a write is conditional on it |
//! | `record` | S | the record as JSON (`hopwatch schema state`), at most 400 KB with the rest |
//! | `state`, `verdict` | S | the same words again, for people who look |
//! | `expires` | N | seconds since 1970, once the path is no longer in the file: the table's TTL attribute |
//!
//! A conditional write that DynamoDB did and whose answer was lost fails when the SDK tries it again: what stands there
//! is compared, and our own is no conflict.
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html>

use std::collections::{BTreeMap, HashMap};
use std::error::Error;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use futures_util::{StreamExt, stream};
use jiff::Timestamp;

use crate::monitor::{Record, SCHEMA_VERSION, Saved, Store, StoreError, Write};

use super::blocking::Blocking;
use super::pages::each_page;
use super::trouble::Trouble;

/// How many writes are under way at once.
const AT_ONCE: usize = 16;

/// The most bytes of a record: an item may have 400 KB, names and all (DynamoDB Developer Guide, "Quotas").
const MOST_BYTES: usize = 400_000;

const PATH: &str = "path#";
const FILE: &str = "file#";
const SWEEP: &str = "sweep#last";

type Item = HashMap<String, AttributeValue>;

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
    pub async fn records(&self) -> Result<BTreeMap<String, Record>, StoreError> {
        let items = self.items().await;
        let items = items.map_err(|trouble| self.broken("read", &trouble))?;
        let mut records = BTreeMap::new();
        for item in &items {
            let record = self.read(item)?;
            records.insert(record.name.clone(), record);
        }
        Ok(records)
    }

    /// The items that hold records, all of them: half a table would say of paths that nothing is known.
    async fn items(&self) -> Result<Vec<Item>, Trouble> {
        let call = self
            .client
            .scan()
            .table_name(&self.name)
            .consistent_read(true)
            .filter_expression("begins_with(pk, :path)")
            .expression_attribute_values(":path", AttributeValue::S(PATH.into()));
        let mut items = Vec::new();
        each_page!(call, last_evaluated_key, page => items.extend(page.items.unwrap_or_default()));
        Ok(items)
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

    /// Writes one record, if it still has the version that it was read with.
    async fn write(&self, write: &Write) -> Result<Saved, StoreError> {
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
        let text = (record.to_json(MOST_BYTES)).map_err(|error| StoreError(error.to_string()))?;
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
                    let there = failed.item().and_then(|item| text_of(item, "record"));
                    let is_ours = there == Some(text.as_str());
                    Ok(if is_ours { Saved::Yes } else { Saved::Conflict })
                }
                _ => Err(self.failed("write to", &error)),
            },
        }
    }

    async fn save(&self, writes: &[Write]) -> Result<Vec<Saved>, StoreError> {
        stream::iter(writes.iter().map(|write| self.write(write)))
            .buffered(AT_ONCE)
            .collect::<Vec<_>>()
            .await
            .into_iter()
            .collect()
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

fn text_of<'i>(item: &'i Item, name: &str) -> Option<&'i str> {
    item.get(name)?.as_s().ok().map(String::as_str)
}

/// The table as the monitor's store, for one invocation: what was read is kept until a write meets somebody else's.
#[derive(Debug)]
pub struct TableStore {
    table: Table,
    blocking: Blocking,
    read: Option<BTreeMap<String, Record>>,
}

impl TableStore {
    /// For one invocation.
    pub fn new(table: Table, blocking: Blocking) -> Self {
        Self {
            table,
            blocking,
            read: None,
        }
    }

    fn wait<T>(&self, call: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        self.blocking
            .wait(call)
            .map_err(|error| StoreError(error.to_string()))?
    }
}

impl Store for TableStore {
    fn list(&mut self) -> Result<&BTreeMap<String, Record>, StoreError> {
        let records = match self.read.take() {
            Some(records) => records,
            None => self.wait(self.table.records())?,
        };
        Ok(self.read.insert(records))
    }

    fn save(&mut self, writes: &[Write]) -> Result<Vec<Saved>, StoreError> {
        let saved = self.wait(self.table.save(writes));
        match (&saved, self.read.as_mut()) {
            (Ok(saved), Some(records)) if saved.iter().all(|saved| *saved == Saved::Yes) => {
                for write in writes {
                    match &write.record {
                        Some(record) => records.insert(write.name.clone(), record.clone()),
                        None => records.remove(&write.name),
                    };
                }
            }
            // Somebody else was there, or nobody knows what is.
            _ => self.read = None,
        }
        saved
    }
}
