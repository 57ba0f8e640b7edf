//! The live account: the shell around `aws`, with a spinner for who waits and words for what goes wrong.
//!
//! Without the feature `aws` every call of this room says so.

use super::arguments::LiveArguments;
use super::failure::Failure;
use super::network_source::Network;
use crate::paths::model::{PathFile, RequiredPath};
use crate::report::link::Finding;

/// Whether a name of a path file is one that takes AWS to read.
pub(crate) fn is_remote(name: &str) -> bool {
    name.starts_with("s3://") || name.starts_with("ssm:")
}

#[cfg(not(feature = "aws"))]
mod without {
    use super::super::failure::SAVE_A_SNAPSHOT;
    use super::{Failure, Finding, LiveArguments, Network, PathFile, RequiredPath};
    use std::collections::BTreeMap;

    fn none(what: &str, help: &'static str) -> Failure {
        Failure::WithoutAws {
            what: what.to_owned(),
            help,
        }
    }

    pub(crate) fn read_path_file(name: &str, _: &LiveArguments) -> Result<String, Failure> {
        Err(none(
            &format!("cannot read the path file `{name}`"),
            "save it first, as in `aws s3 cp s3://bucket/hopwatch.yaml .`, and name it with --paths",
        ))
    }

    pub(crate) fn network(
        _: &LiveArguments,
        _: Option<&PathFile>,
        _: &[RequiredPath],
        _: bool,
    ) -> Result<Network, Failure> {
        Err(none(
            "no network to look at: --snapshot is missing",
            SAVE_A_SNAPSHOT,
        ))
    }

    pub(crate) fn files(
        _: &LiveArguments,
        _: Option<&PathFile>,
    ) -> Result<(BTreeMap<String, String>, Vec<String>), Failure> {
        Err(none("cannot read a live network", SAVE_A_SNAPSHOT))
    }

    pub(crate) fn insights(_: &LiveArguments) -> Result<String, Failure> {
        Err(none(
            "no paths to import: FILE is missing",
            "save them with `aws ec2 describe-network-insights-paths > paths.json`, and name the file",
        ))
    }

    pub(crate) fn doctor(_: &LiveArguments, _: &str, _: bool) -> Result<Vec<Finding>, Failure> {
        Err(none(
            "cannot look at a deployment",
            "install hopwatch with the feature `aws`, which is on by default",
        ))
    }
}

#[cfg(feature = "aws")]
mod with {
    use std::collections::BTreeMap;
    use std::io::{self, IsTerminal};
    use std::time::Duration;

    use aws_config::SdkConfig;

    use super::{Failure, Finding, LiveArguments, Network, PathFile, RequiredPath};
    use crate::aws::config::{Settings, load};
    use crate::aws::describe::{
        Collected, INSIGHTS_PERMISSION, collect, function_qualifiers, network_insights_paths, scopes,
    };
    use crate::aws::doctor::{examine, send_test};
    use crate::aws::remote_file::{self, Location};
    use crate::aws::{Trouble, TroubleKind};
    use crate::paths::model::Scope;

    /// Who waits no longer than this needs no spinner.
    const PATIENCE: Duration = Duration::from_secs(1);

    /// Runs something on a runtime of its own, with a spinner if it takes long and somebody looks.
    fn wait<F: Future>(what: &'static str, future: F, quiet: bool) -> Result<F::Output, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(Failure::Runtime)?;
        Ok(runtime.block_on(async {
            let mut future = std::pin::pin!(future);
            tokio::select! {
                output = &mut future => return output,
                () = tokio::time::sleep(PATIENCE) => {}
            }
            if quiet || !io::stderr().is_terminal() {
                return future.await;
            }
            let spinner = indicatif::ProgressBar::new_spinner().with_message(what);
            spinner.enable_steady_tick(Duration::from_millis(100));
            let output = future.await;
            spinner.finish_and_clear();
            output
        }))
    }

    pub(crate) fn doctor(
        arguments: &LiveArguments,
        function: &str,
        sends_test: bool,
    ) -> Result<Vec<Finding>, Failure> {
        wait(
            "looking at the deployment",
            async {
                let config = config(arguments).await;
                let now = super::super::path_file::now();
                let mut found = Box::pin(examine(&config, function, now)).await;
                if sends_test {
                    found.push(send_test(&config, function).await);
                }
                found
            },
            false,
        )
    }

    async fn config(arguments: &LiveArguments) -> SdkConfig {
        load(&Settings {
            profile: arguments.profile.clone(),
            region: arguments.region.clone(),
            endpoint_url: arguments.endpoint_url.clone(),
            ..Settings::default()
        })
        .await
    }

    pub(crate) fn read_path_file(name: &str, arguments: &LiveArguments) -> Result<String, Failure> {
        let Some(location) = Location::parse(name) else {
            return Err(Failure::RemoteName(name.to_owned()));
        };
        let read = wait(
            "reading the path file",
            async { remote_file::read(&config(arguments).await, &location).await },
            false,
        )?;
        read.map_err(|trouble| match trouble.kind {
            TroubleKind::NotFound | TroubleKind::Other => Failure::ReadRemote {
                name: name.to_owned(),
                reason: trouble.to_string(),
            },
            _ => failure(
                &trouble,
                &format!("cannot read `{name}`"),
                Some(location.permission()),
                arguments,
            ),
        })
    }

    /// What Reachability Analyzer keeps, as the AWS CLI prints it.
    pub(crate) fn insights(arguments: &LiveArguments) -> Result<String, Failure> {
        let read = wait(
            "reading the paths",
            async { network_insights_paths(&config(arguments).await).await },
            false,
        )?;
        read.map_err(|trouble| {
            let what = "cannot read the paths of Reachability Analyzer";
            failure(&trouble, what, Some(INSIGHTS_PERMISSION), arguments)
        })
    }

    fn collected(
        arguments: &LiveArguments,
        file: Option<&PathFile>,
        paths: &[RequiredPath],
        quiet: bool,
    ) -> Result<Collected, Failure> {
        let read = wait(
            "reading the network",
            async {
                let config = config(arguments).await;
                let here = config.region().map(ToString::to_string);
                let Some(here) = here.filter(|here| !here.is_empty()) else {
                    return Err(Trouble::no_region());
                };
                let said = match (&arguments.role, file) {
                    (Some(role), _) => vec![Scope {
                        region: here.as_str().into(),
                        role_arn: Some(role.clone()),
                        external_id: None,
                    }],
                    (None, Some(file)) => file.snapshot_scope.clone(),
                    (None, None) => Vec::new(),
                };
                collect(&config, &scopes(&said, paths, &here), &function_qualifiers(paths)).await
            },
            quiet,
        )?;
        read.map_err(|trouble| failure(&trouble, "cannot read the network", None, arguments))
    }

    /// The network that paths are looked at in.
    pub(crate) fn network(
        arguments: &LiveArguments,
        file: Option<&PathFile>,
        paths: &[RequiredPath],
        quiet: bool,
    ) -> Result<Network, Failure> {
        let loaded = collected(arguments, file, paths, quiet)?.load();
        let loaded = loaded.map_err(|error| Failure::Contradiction(error.to_string()))?;
        Ok(Network::live(loaded, arguments.options()))
    }

    /// The files of a snapshot, by name, and what could not be read.
    pub(crate) fn files(
        arguments: &LiveArguments,
        file: Option<&PathFile>,
    ) -> Result<(BTreeMap<String, String>, Vec<String>), Failure> {
        let paths = file.map(|file| file.paths.as_slice()).unwrap_or_default();
        let collected = collected(arguments, file, paths, false)?;
        let loaded = collected.load();
        let loaded = loaded.map_err(|error| Failure::Contradiction(error.to_string()))?;
        let network = Network::live(loaded, arguments.options());
        Ok((collected.documents, network.warnings(false)))
    }

    /// What went wrong, and what to do about it.
    fn failure(
        trouble: &Trouble,
        what: &str,
        permission: Option<&str>,
        arguments: &LiveArguments,
    ) -> Failure {
        let region = match &arguments.region {
            Some(region) => format!("Region `{region}`"),
            None => "the Region".to_owned(),
        };
        let help = match trouble.kind {
            TroubleKind::NoCredentials if arguments.profile.is_some() => {
                let profile = arguments.profile.as_deref().unwrap_or_default();
                format!("is `{profile}` a profile of `~/.aws/config`, and signed in, as with `aws sso login --profile {profile}`?")
            }
            TroubleKind::NoCredentials => {
                "say --profile NAME or set AWS_PROFILE, sign in with `aws sso login` or `aws configure`; or look at a saved \
                 network with --snapshot"
                    .to_owned()
            }
            TroubleKind::Expired => "sign in again, as with `aws sso login`, or get new keys".to_owned(),
            TroubleKind::Rejected => format!("are the keys right, and is {region} enabled for the account?"),
            TroubleKind::NoRegion => "say --region NAME or set AWS_REGION".to_owned(),
            TroubleKind::Denied => match permission {
                Some(permission) => format!("the permission `{permission}` is missing"),
                None => "the permissions that hopwatch needs stand in the README under \"On a live account\"".to_owned(),
            },
            TroubleKind::Throttled => "try again in a minute: AWS answers only so many calls at a time".to_owned(),
            TroubleKind::Unreachable | TroubleKind::TimedOut => format!(
                "is {region} right, and is there a way to it: network, proxy, --endpoint-url? Without one, look at a saved \
                 network with --snapshot"
            ),
            TroubleKind::NotFound | TroubleKind::Other => {
                "look at a saved network with --snapshot, or try again".to_owned()
            }
        };
        Failure::Aws {
            message: format!("{what}: {trouble}"),
            help,
        }
    }
}

#[cfg(feature = "aws")]
pub(crate) use with::{doctor, files, insights, network, read_path_file};
#[cfg(not(feature = "aws"))]
pub(crate) use without::{doctor, files, insights, network, read_path_file};
