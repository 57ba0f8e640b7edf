//! One ministack server a test: it deploys the template, and carries an event from the bus to the topic, with the real
//! binary in between. EC2 and what else it does poorly is moto's.
//!
//! It ends with the test binary, as moto does.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

use serde_json::Value;

use super::moto::REGION;
use super::proxy::Proxy;
use super::venv::environment;
use crate::hopwatch::root;

/// What is installed.
const PIN: &str = "ministack[full]==1.5.33";

/// The account: ministack takes a key of twelve digits for one, and moto any other key for this one.
pub(super) const ACCOUNT: &str = "123456789012";

/// Starts the server. It refuses events of AWS's own services from others, as AWS does: here the test is CloudTrail.
const START: &str = "
import os, sys, threading
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
import ministack.services.eventbridge as bus
bus._put_events.__defaults__ = (True,)
from ministack.app import main
main()
";

/// The services that moto answers, as the SDK's variables name them.
const MOTO: [&str; 5] = [
    "EC2",
    "RDS",
    "ELASTIC_LOAD_BALANCING",
    "ELASTIC_LOAD_BALANCING_V2",
    "NETWORK_FIREWALL",
];

/// A server that runs.
#[derive(Debug)]
pub(super) struct Ministack {
    url: String,
    folder: tempfile::TempDir,
    /// Before moto: what that lacks is answered at once, and not tried again for ten seconds.
    _moto: Proxy,
    _stdin: ChildStdin,
    _child: Child,
}

impl Ministack {
    pub(super) fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let port = port.expect("a free port").port();
        let url = format!("http://127.0.0.1:{port}");
        let folder = tempfile::tempdir().expect("a folder");
        let moto = super::network::proxy();
        let mut child = Command::new(environment(PIN).join("bin/python"))
            .args(["-c", START])
            .envs([
                ("PYTHONUNBUFFERED", "1"),
                ("BIND_HOST", "127.0.0.1"),
                ("MINISTACK_HOST", "127.0.0.1"),
                ("MINISTACK_REGION", REGION),
                ("AWS_ACCESS_KEY_ID", ACCOUNT),
                ("AWS_SECRET_ACCESS_KEY", "secret"),
                // A broker of no use here, at a port that may be taken.
                ("IOT_MTLS_ENABLED", "0"),
                ("AWS_ENDPOINT_URL", &url),
            ])
            .env("GATEWAY_PORT", port.to_string())
            // It unpacks functions where temporary files go.
            .env("TMPDIR", folder.path())
            .envs(MOTO.map(|service| (format!("AWS_ENDPOINT_URL_{service}"), moto.url())))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("ministack starts");
        let stdin = child.stdin.take().expect("piped");
        let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
        let mut said = Vec::new();
        let is_up = lines.by_ref().map_while(Result::ok).any(|line| {
            let is_up = line.contains("Running on ");
            said.push(line);
            is_up
        });
        assert!(is_up, "ministack did not start:\n{}", said.join("\n"));
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Self {
            url,
            folder,
            _moto: moto,
            _stdin: stdin,
            _child: child,
        }
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Creates a stack of a template with `code` in a zip file as its function; its outputs and resources.
    pub(super) fn deploy(&self, template: &Path, code: &Path, parameters: &[(&str, &str)]) -> Value {
        let variables = [
            ("AWS_ENDPOINT_URL", self.url.clone()),
            ("AWS_ACCESS_KEY_ID", ACCOUNT.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "secret".to_owned()),
            ("TMPDIR", self.folder.path().to_string_lossy().into_owned()),
        ];
        script(
            "deploy.py",
            &[template.to_owned(), code.to_owned()],
            parameters,
            &variables,
        )
    }
}

/// What a script beside this file prints, with files, parameters and an environment for AWS.
pub(super) fn script(
    name: &str,
    files: &[PathBuf],
    parameters: &[(&str, &str)],
    variables: &[(&'static str, String)],
) -> Value {
    let output = Command::new(environment(PIN).join("bin/python"))
        .arg(root().join("tests/it/aws").join(name))
        .args(files)
        .args(parameters.iter().map(|(name, value)| format!("{name}={value}")))
        .env("AWS_DEFAULT_REGION", REGION)
        .envs(variables.iter().map(|(name, value)| (name, value)))
        .output()
        .expect("python starts");
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).expect("JSON")
}
