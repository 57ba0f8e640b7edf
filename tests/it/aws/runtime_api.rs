//! The Lambda Runtime API on loopback, and the function's binary behind it.
//!
//! Just enough HTTP/1.1 for `lambda_runtime`: requests with a `Content-Length` on kept-alive connections, a thread each.
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;

/// The function's binary: the one that `HOPWATCH_BOOTSTRAP` names, as `.ci/release` does with what it built, or the one
/// built for the tests.
pub(crate) fn bootstrap() -> PathBuf {
    std::env::var_os("HOPWATCH_BOOTSTRAP")
        .map_or_else(|| env!("CARGO_BIN_EXE_bootstrap").into(), PathBuf::from)
}

/// How long a function gets to answer in a test, whatever its deadline says.
const PATIENCE: Duration = Duration::from_secs(60);

/// What became of an invocation.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It answered.
    Response(Value),
    /// It failed, or could not start; the error as it was posted.
    Error(Value),
}

impl Outcome {
    /// The answer.
    pub(crate) fn response(self) -> Value {
        match self {
            Self::Response(answer) => answer,
            other => panic!("no answer: {other:?}"),
        }
    }
}

struct Invocation {
    id: usize,
    payload: Value,
    time: Duration,
}

type Queue = Arc<Mutex<mpsc::Receiver<Invocation>>>;

/// The function under test; killed when dropped.
pub(crate) struct Function {
    child: Child,
    invocations: mpsc::Sender<Invocation>,
    outcomes: mpsc::Receiver<Outcome>,
    log: Arc<Mutex<String>>,
    count: usize,
}

impl Function {
    /// Starts the binary with the environment that Lambda would give it and `environment`, and nothing else.
    pub(crate) fn start(environment: impl IntoIterator<Item = (String, String)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port on loopback");
        let address = listener.local_addr().expect("an address").to_string();
        let (invocations, queue) = mpsc::channel();
        let (sender, outcomes) = mpsc::channel();
        let queue: Queue = Arc::new(Mutex::new(queue));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (queue, sender) = (queue.clone(), sender.clone());
                thread::spawn(move || serve(stream, &queue, &sender));
            }
        });
        let mut child = Command::new(bootstrap())
            .env_clear()
            .envs([
                ("AWS_LAMBDA_RUNTIME_API", address.as_str()),
                ("AWS_LAMBDA_FUNCTION_NAME", "hopwatch"),
                ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
                ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512"),
            ])
            .envs(environment)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the function starts");
        let log = Arc::new(Mutex::new(String::new()));
        let (out, kept) = (child.stdout.take().expect("standard output"), log.clone());
        thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                kept.lock().expect("the log").push_str(&(line + "\n"));
            }
        });
        Self {
            child,
            invocations,
            outcomes,
            log,
            count: 0,
        }
    }

    /// Invokes it with two minutes to go.
    pub(crate) fn invoke(&mut self, payload: Value) -> Outcome {
        self.invoke_for(payload, Duration::from_secs(120))
    }

    /// Invokes it with so much time until its deadline.
    pub(crate) fn invoke_for(&mut self, payload: Value, time: Duration) -> Outcome {
        self.count += 1;
        let invocation = Invocation {
            id: self.count,
            payload,
            time,
        };
        self.invocations.send(invocation).expect("the Runtime API runs");
        match self.outcomes.recv_timeout(PATIENCE) {
            Ok(outcome) => outcome,
            Err(error) => panic!("no answer ({error}); the log:\n{}", self.log()),
        }
    }

    /// What it wrote to standard output so far.
    pub(crate) fn log(&self) -> String {
        self.log.lock().expect("the log").clone()
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn serve(stream: TcpStream, queue: &Queue, out: &mpsc::Sender<Outcome>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut writer = stream;
    loop {
        let (path, body) = read_request(&mut reader)?;
        let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
        let route: Vec<&str> = path.strip_prefix("/2018-06-01/runtime/")?.split('/').collect();
        let outcome = match route.as_slice() {
            ["invocation", "next"] => {
                let Invocation { id, payload, time } = queue.lock().ok()?.recv().ok()?;
                #[expect(
                    clippy::disallowed_methods,
                    reason = "a deadline is an instant of the real clock"
                )]
                let deadline = (SystemTime::now() + time)
                    .duration_since(UNIX_EPOCH)
                    .ok()?
                    .as_millis();
                let payload = payload.to_string();
                write!(
                    writer,
                    "HTTP/1.1 200 OK\r\nlambda-runtime-aws-request-id: request-{id}\r\n\
                     lambda-runtime-deadline-ms: {deadline}\r\n\
                     lambda-runtime-invoked-function-arn: arn:aws:lambda:eu-west-1:123456789012:function:hopwatch\r\n\
                     content-type: application/json\r\ncontent-length: {}\r\n\r\n{payload}",
                    payload.len()
                )
                .ok()?;
                continue;
            }
            ["invocation", _, "response"] => Outcome::Response(body),
            ["invocation", _, "error"] | ["init", "error"] => Outcome::Error(body),
            _ => return None,
        };
        out.send(outcome).ok()?;
        writer
            .write_all(b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n")
            .ok()?;
    }
}

fn read_request(reader: &mut impl BufRead) -> Option<(String, Vec<u8>)> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|n| *n > 0)?;
    let path = line.split(' ').nth(1)?.to_owned();
    let mut headers = HashMap::new();
    loop {
        line.clear();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers
        .get("content-length")
        .and_then(|v| v.parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((path, body))
}
