//! One moto server a test binary, and an account a test.
//!
//! The server runs in a virtual environment under `target/`, made once for the version pinned here. It ends with the
//! test binary, however that ends: it reads its standard input and leaves when that is closed.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_config::SdkConfig;
use hopwatch::aws::config::{Settings, load};

use super::venv::environment;

/// What is installed. Another version: another folder, and a look at what it does otherwise.
const PIN: &str = "moto[server]==5.2.5";

/// The Region that tests use unless they are about Regions.
pub(crate) const REGION: &str = "eu-west-1";

/// Starts the server, and ends it when the test binary that holds the other end of the pipe is gone. Block Public Access,
/// which moto lacks, is off, as in a new account: without an answer each reading would wait for the SDK's retries.
const START: &str = "
import os, sys, threading
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
from moto.ec2.responses import EC2Response
def answer(action, body):
    return lambda self: f'<{action}Response><requestId>0</requestId>{body}</{action}Response>'
EC2Response.describe_vpc_block_public_access_options = answer('DescribeVpcBlockPublicAccessOptions',
    '<vpcBlockPublicAccessOptions><awsRegion>eu-west-1</awsRegion>'
    '<internetGatewayBlockMode>off</internetGatewayBlockMode></vpcBlockPublicAccessOptions>')
EC2Response.describe_vpc_block_public_access_exclusions = answer('DescribeVpcBlockPublicAccessExclusions',
    '<vpcBlockPublicAccessExclusionSet/>')
from moto.server import main
main(['-H', '127.0.0.1', '-p', '0'])
";

/// A server that runs.
#[derive(Debug)]
pub(crate) struct Moto {
    url: String,
    /// Open as long as the test binary lives.
    _stdin: ChildStdin,
    _child: Child,
}

/// The server of this test binary.
pub(crate) fn moto() -> &'static Moto {
    static MOTO: OnceLock<Moto> = OnceLock::new();
    MOTO.get_or_init(|| Moto::start(&environment(PIN)))
}

impl Moto {
    fn start(environment: &Path) -> Self {
        let mut child = Command::new(environment.join("bin/python"))
            .args(["-c", START])
            .env("PYTHONUNBUFFERED", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("moto starts");
        let stdin = child.stdin.take().expect("piped");
        let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
        let mut said = Vec::new();
        let url = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| {
                let url = line
                    .split_once("Running on ")
                    .map(|(_, url)| url.trim().to_owned());
                said.push(line);
                url
            })
            .unwrap_or_else(|| panic!("moto did not start:\n{}", said.join("\n")));
        // It logs every request: somebody has to read that.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Self {
            url,
            _stdin: stdin,
            _child: child,
        }
    }

    /// `http://127.0.0.1:NNNNN`
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

/// An account that no other test uses, and keys to it.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    /// Twelve digits.
    pub(crate) id: String,
    access_key: String,
    secret_key: String,
    session_token: String,
}

impl Account {
    /// A fresh one, empty but for what AWS puts into every account.
    pub(crate) async fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let id = format!("{:012}", 700_000_000_000 + NEXT.fetch_add(1, Ordering::Relaxed));
        Self::of(&id).await
    }

    /// Keys that moto takes for those of its default account, and that nobody else takes.
    pub(crate) fn anybody() -> Self {
        Self {
            id: "123456789012".to_owned(),
            access_key: "AKIAIOSFODNN7EXAMPLE".to_owned(),
            secret_key: "secret".to_owned(),
            session_token: "token".to_owned(),
        }
    }

    /// As ministack takes it: the access key is the account's number.
    pub(crate) fn by_key(id: &str) -> Self {
        Self {
            access_key: id.to_owned(),
            id: id.to_owned(),
            ..Self::anybody()
        }
    }

    /// The one with that number.
    pub(crate) async fn of(id: &str) -> Self {
        // To moto the access key of an assumed role alone says which account is meant.
        let assumed = aws_sdk_sts::Client::new(&Self::anybody().config(moto().url(), REGION).await)
            .assume_role()
            .role_arn(format!("arn:aws:iam::{id}:role/test"))
            .role_session_name("test")
            .send()
            .await
            .expect("moto lets everybody assume every role");
        let keys = assumed.credentials().expect("credentials");
        Self {
            id: id.to_owned(),
            access_key: keys.access_key_id().to_owned(),
            secret_key: keys.secret_access_key().to_owned(),
            session_token: keys.session_token().to_owned(),
        }
    }

    /// How a client speaks to this account at an endpoint: moto's, or that of a proxy before it.
    pub(crate) async fn config(&self, endpoint_url: &str, region: &str) -> SdkConfig {
        let settings = Settings {
            region: Some(region.to_owned()),
            endpoint_url: Some(endpoint_url.to_owned()),
            ..Settings::default()
        };
        let credentials = aws_credential_types::Credentials::new(
            &self.access_key,
            &self.secret_key,
            Some(self.session_token.clone()),
            None,
            "test",
        );
        let credentials = aws_credential_types::provider::SharedCredentialsProvider::new(credentials);
        load(&settings)
            .await
            .into_builder()
            .credentials_provider(credentials)
            .build()
    }

    /// The same for a program that is started, as environment variables.
    pub(crate) fn environment(&self, endpoint_url: &str, region: &str) -> Vec<(&'static str, String)> {
        vec![
            ("AWS_ACCESS_KEY_ID", self.access_key.clone()),
            ("AWS_SECRET_ACCESS_KEY", self.secret_key.clone()),
            ("AWS_SESSION_TOKEN", self.session_token.clone()),
            ("AWS_REGION", region.to_owned()),
            ("AWS_ENDPOINT_URL", endpoint_url.to_owned()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
            // Nothing of the machine that the tests run on.
            ("AWS_CONFIG_FILE", "/nonexistent".to_owned()),
            ("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent".to_owned()),
        ]
    }
}
