//! The path file in force: read again when it changed; a broken new version leaves the last valid one in force.

use std::sync::Arc;

use aws_config::SdkConfig;
use jiff::Timestamp;

use crate::aws::deployment::Settings;
use crate::aws::table::{FileItem, Table};
use crate::monitor::StoreError;
use crate::paths::{self, ReadPathFile};

/// The longest text that the table keeps beside its other attributes: an item has at most 400 KB.
const MOST_KEPT: usize = 380_000;

/// The path file, as it is known between invocations.
#[derive(Debug)]
pub(super) struct PathFileSource {
    settings: Settings,
    current: Option<Current>,
    /// What the table remembers, once it was read.
    remembered: Option<FileItem>,
}

#[derive(Debug, Clone)]
struct Current {
    version: String,
    read: Arc<ReadPathFile>,
}

/// The path file in force, and what is wrong with a newer one.
#[derive(Debug, Clone)]
pub(super) struct InForce {
    /// What it says.
    pub(super) read: Arc<ReadPathFile>,
    /// What is wrong with what stands at its place now.
    pub(super) trouble: Option<Trouble>,
}

/// What is wrong with what stands at the path file's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trouble {
    /// Whether it was told of already.
    pub(super) is_told: bool,
    /// In words.
    pub(super) problem: String,
    /// The broken version.
    pub(super) version: String,
}

/// There is no path file to work with.
#[derive(Debug, thiserror::Error)]
pub enum PathFileError {
    /// Neither the present version nor an older one can be used.
    #[error("{0}; no version that was valid is remembered")]
    None(String),
    /// What is remembered cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl PathFileSource {
    /// Of a deployment.
    pub(super) fn new(settings: Settings) -> Self {
        Self {
            settings,
            current: None,
            remembered: None,
        }
    }

    fn location(&self) -> String {
        self.settings.paths.to_string()
    }

    /// The path file in force.
    ///
    /// # Errors
    ///
    /// If there is none that can be used, or the table fails.
    pub(super) async fn in_force(
        &mut self,
        config: &SdkConfig,
        table: &Table,
        now: Timestamp,
    ) -> Result<InForce, PathFileError> {
        let known = self.current.as_ref().map(|current| current.version.clone());
        let broken = match self.settings.paths.fetch(config, known.as_deref()).await {
            Ok(None) => None,
            Ok(Some(fetched)) => match self.check(&fetched.text, now) {
                Ok(read) => {
                    self.take(fetched.version.clone(), read);
                    self.remember(table, fetched.version, fetched.text).await?;
                    None
                }
                Err(problem) => Some((fetched.version, problem)),
            },
            Err(error) => Some(("unreadable".to_owned(), error.to_string())),
        };
        let trouble = match broken {
            None => None,
            Some((version, problem)) => {
                let remembered = self.remembered(table).await?.clone();
                if self.current.is_none()
                    && let (Some(text), Some(version)) = (remembered.good, remembered.good_version)
                    && let Ok(read) = self.check(&text, now)
                {
                    self.take(version, read);
                }
                Some(Trouble {
                    is_told: remembered.told_version.as_ref() == Some(&version),
                    problem,
                    version,
                })
            }
        };
        match &self.current {
            Some(current) => Ok(InForce {
                read: current.read.clone(),
                trouble,
            }),
            None => Err(PathFileError::None(
                trouble.map_or_else(|| self.location(), |trouble| trouble.problem),
            )),
        }
    }

    fn take(&mut self, version: String, read: ReadPathFile) {
        self.current = Some(Current {
            version,
            read: Arc::new(read),
        });
    }

    /// Remembers that a trouble was told of.
    ///
    /// # Errors
    ///
    /// If the table cannot be written: then it is told again.
    pub(super) async fn told(&mut self, table: &Table, trouble: &Trouble) -> Result<(), StoreError> {
        let mut item = self.remembered(table).await?.clone();
        item.told_version = Some(trouble.version.clone());
        table.remember_file(&self.location(), &item).await?;
        self.remembered = Some(item);
        Ok(())
    }

    fn check(&self, text: &str, now: Timestamp) -> Result<ReadPathFile, String> {
        self.settings
            .read_paths(text, now)
            .map_err(|errors| words(&errors))
    }

    async fn remembered(&mut self, table: &Table) -> Result<&FileItem, StoreError> {
        let item = match self.remembered.take() {
            Some(item) => item,
            None => table.file(&self.location()).await?,
        };
        Ok(self.remembered.insert(item))
    }

    /// Keeps a valid version, for the day when its successor is none.
    async fn remember(&mut self, table: &Table, version: String, text: String) -> Result<(), StoreError> {
        let item = FileItem {
            good: (text.len() <= MOST_KEPT).then_some(text),
            good_version: Some(version),
            told_version: None,
        };
        if *self.remembered(table).await? != item {
            table.remember_file(&self.location(), &item).await?;
            self.remembered = Some(item);
        }
        Ok(())
    }
}

fn words(errors: &paths::PathFileErrors) -> String {
    errors
        .problems()
        .iter()
        .map(paths::Problem::one_line)
        .collect::<Vec<_>>()
        .join("\n")
}
