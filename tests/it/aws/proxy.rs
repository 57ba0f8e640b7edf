//! A proxy before moto that fails on purpose, cuts answers into pages, answers what moto cannot, and counts.
//!
//! A rule is about one action of one service (and, if said so, of one account) and holds a step for each call in
//! turn; calls after the last step, and actions without a rule, are passed on. All of it is `std::net` and threads.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::xml_pages;

/// What happens to one call.
#[derive(Clone)]
pub(crate) enum Step {
    /// It is passed on.
    Pass,
    /// An error as the service of the call writes it.
    Error { status: u16, code: String },
    /// This answer, whatever was asked.
    Answer {
        status: u16,
        content_type: &'static str,
        body: String,
    },
    /// The answer in pages of so many resources; the call says which one it wants, and one step serves them all
    /// where the rule repeats it.
    Pages(usize),
    /// The answer, changed.
    Rewrite(Arc<dyn Fn(&str) -> String + Send + Sync>),
    /// No answer at all until the proxy ends.
    Hang,
    /// The connection is closed after so many bytes of the answer's body.
    Close(usize),
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pass => f.write_str("Pass"),
            Self::Error { status, code } => write!(f, "Error({status} {code})"),
            Self::Answer { status, .. } => write!(f, "Answer({status})"),
            Self::Pages(size) => write!(f, "Pages({size})"),
            Self::Rewrite(_) => f.write_str("Rewrite"),
            Self::Hang => f.write_str("Hang"),
            Self::Close(bytes) => write!(f, "Close({bytes})"),
        }
    }
}

impl Step {
    /// An error.
    pub(crate) fn error(status: u16, code: &str) -> Self {
        Self::Error {
            status,
            code: code.to_owned(),
        }
    }

    /// As EC2 says that a permission is missing; other services say `AccessDenied` or `AccessDeniedException`.
    pub(crate) fn denied() -> Self {
        Self::error(403, "UnauthorizedOperation")
    }

    /// As EC2 says that there were too many calls.
    pub(crate) fn throttled() -> Self {
        Self::error(503, "RequestLimitExceeded")
    }

    /// A change of the answer's text.
    pub(crate) fn rewrite(change: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        Self::Rewrite(Arc::new(change))
    }
}

/// What is to happen to an action's calls.
#[derive(Debug, Clone)]
struct Rule {
    service: String,
    action: String,
    account: Option<String>,
    steps: VecDeque<Step>,
    always: Option<Step>,
}

/// A call that came.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// As it stands in the signature: `ec2`, `lambda`, `monitoring` …
    pub(crate) service: String,
    /// `DescribeVpcs`; of services that have paths instead: `GET /2015-03-31/functions`.
    pub(crate) action: String,
    /// Who called, if the proxy saw the keys being given out, or a header says it.
    pub(crate) account: Option<String>,
    /// The Region of the signature.
    pub(crate) region: String,
    /// What was sent.
    pub(crate) body: String,
    /// Of the request line: what follows `?`.
    pub(crate) query: String,
}

#[derive(Debug, Default)]
struct State {
    rules: Vec<Rule>,
    calls: Vec<Call>,
    /// Which account a key is of.
    accounts: BTreeMap<String, String>,
}

#[derive(Debug)]
struct Shared {
    upstream: String,
    state: Mutex<State>,
    ended: AtomicBool,
    end: Condvar,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A proxy that runs until it is dropped.
#[derive(Debug)]
pub(crate) struct Proxy {
    url: String,
    address: String,
    shared: Arc<Shared>,
}

impl Proxy {
    /// Before the server at that address, `http://host:port`.
    pub(crate) fn before(upstream: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        let shared = Arc::new(Shared {
            upstream: upstream
                .trim_start_matches("http://")
                .trim_end_matches('/')
                .to_owned(),
            state: Mutex::default(),
            ended: AtomicBool::new(false),
            end: Condvar::new(),
        });
        let serving = Arc::clone(&shared);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if serving.ended.load(Ordering::Acquire) {
                    return;
                }
                let serving = Arc::clone(&serving);
                // A client that goes away is no matter of the proxy's.
                thread::spawn(move || drop(serve(client, &serving)));
            }
        });
        Self {
            url: format!("http://{address}"),
            address,
            shared,
        }
    }

    /// Where to send calls.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The next calls of an action, one step each; then they are passed on.
    pub(crate) fn script(&self, service: &str, action: &str, steps: impl IntoIterator<Item = Step>) {
        self.rule(service, action, None, steps.into_iter().collect(), None);
    }

    /// Every call of an action.
    pub(crate) fn always(&self, service: &str, action: &str, step: Step) {
        self.rule(service, action, None, VecDeque::new(), Some(step));
    }

    /// Every call of an action by one account.
    pub(crate) fn always_of(&self, account: &str, service: &str, action: &str, step: Step) {
        self.rule(
            service,
            action,
            Some(account.to_owned()),
            VecDeque::new(),
            Some(step),
        );
    }

    fn rule(
        &self,
        service: &str,
        action: &str,
        account: Option<String>,
        steps: VecDeque<Step>,
        always: Option<Step>,
    ) {
        self.shared.state().rules.push(Rule {
            service: service.to_owned(),
            action: action.to_owned(),
            account,
            steps,
            always,
        });
    }

    /// How often an action was called, retries and pages counted.
    pub(crate) fn count(&self, service: &str, action: &str) -> usize {
        let state = self.shared.state();
        let meant = |call: &&Call| call.service == service && call.action == action;
        state.calls.iter().filter(meant).count()
    }

    /// Every call, in the order in which they came.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.shared.state().calls.clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::Release);
        // Under the lock, so that nobody who is about to wait misses it.
        drop(self.shared.state());
        self.shared.end.notify_all();
        // Wakes the listener.
        drop(TcpStream::connect(&self.address));
    }
}

struct Message {
    /// The request line or the status line.
    first: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Message {
    fn read(stream: &mut impl BufRead) -> std::io::Result<Option<Self>> {
        let mut first = String::new();
        if stream.read_line(&mut first)? == 0 {
            return Ok(None);
        }
        let mut headers = Vec::new();
        loop {
            let mut line = String::new();
            stream.read_line(&mut line)?;
            let line = line.trim_end();
            if line.is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':') {
                headers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
            }
        }
        let mut message = Self {
            first: first.trim_end().to_owned(),
            headers,
            body: Vec::new(),
        };
        if message
            .header("transfer-encoding")
            .is_some_and(|coding| coding.contains("chunked"))
        {
            message.body = read_chunks(stream)?;
        } else if let Some(length) = message
            .header("content-length")
            .and_then(|length| length.parse().ok())
        {
            message.body = vec![0; length];
            stream.read_exact(&mut message.body)?;
        }
        Ok(Some(message))
    }

    fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(header, _)| header == name);
        found.map(|(_, value)| value.as_str())
    }

    fn write(&self, stream: &mut impl Write, close_after: Option<usize>) -> std::io::Result<()> {
        write!(stream, "{}\r\n", self.first)?;
        let own = ["content-length", "transfer-encoding", "connection", "expect"];
        for (name, value) in self
            .headers
            .iter()
            .filter(|(name, _)| !own.contains(&name.as_str()))
        {
            write!(stream, "{name}: {value}\r\n")?;
        }
        // A reply to HEAD tells the length of a body that it does not have.
        let length = match self.header("content-length") {
            Some(length) if self.body.is_empty() && self.first.starts_with("HTTP/") => length.to_owned(),
            _ => self.body.len().to_string(),
        };
        write!(stream, "content-length: {length}\r\nconnection: close\r\n\r\n")?;
        let end = close_after.unwrap_or(self.body.len()).min(self.body.len());
        stream.write_all(&self.body[..end])?;
        stream.flush()
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

fn read_chunks(stream: &mut impl BufRead) -> std::io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line)?;
        let size = line.trim().split(';').next().unwrap_or_default();
        let size = usize::from_str_radix(size, 16).map_err(std::io::Error::other)?;
        let mut chunk = vec![0; size + 2];
        stream.read_exact(&mut chunk)?;
        if size == 0 {
            return Ok(body);
        }
        body.extend_from_slice(&chunk[..size]);
    }
}

fn serve(mut client: TcpStream, shared: &Shared) -> std::io::Result<()> {
    let mut reader = BufReader::new(client.try_clone()?);
    let Some(request) = Message::read(&mut reader)? else {
        return Ok(());
    };
    let call = call(&request, shared);
    let step = {
        let mut state = shared.state();
        state.calls.push(call.clone());
        next_step(&mut state.rules, &call)
    };
    let (status, content_type, body) = match step {
        Step::Pass => return forward(&request, shared)?.write(&mut client, None),
        Step::Close(bytes) => {
            forward(&request, shared)?.write(&mut client, Some(bytes))?;
            return client.shutdown(std::net::Shutdown::Both);
        }
        Step::Rewrite(change) => {
            let mut response = forward(&request, shared)?;
            response.body = change(&response.text()).into_bytes();
            return response.write(&mut client, None);
        }
        Step::Pages(size) => {
            let mut response = forward(&request, shared)?;
            let asked = format!("{}&{}", call.query, call.body);
            response.body = xml_pages::page(&response.text(), size, &asked).into_bytes();
            return response.write(&mut client, None);
        }
        Step::Hang => {
            let mut state = shared.state();
            while !shared.ended.load(Ordering::Acquire) {
                state = shared.end.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            return Ok(());
        }
        Step::Answer {
            status,
            content_type,
            body,
        } => (status, content_type, body),
        Step::Error { status, code } => {
            let (content_type, body) = error_body(&call, &code);
            (status, content_type, body)
        }
    };
    let mut headers = vec![("content-type".to_owned(), content_type.to_owned())];
    headers.push((
        "x-amzn-requestid".to_owned(),
        "00000000-0000-4000-8000-000000000000".to_owned(),
    ));
    if let Some(code) = body
        .split_once(r#""__type": ""#)
        .and_then(|(_, rest)| rest.split('"').next())
    {
        headers.push(("x-amzn-errortype".to_owned(), code.to_owned()));
    }
    let response = Message {
        first: format!("HTTP/1.1 {status} Said"),
        headers,
        body: body.into_bytes(),
    };
    response.write(&mut client, None)
}

fn next_step(rules: &mut [Rule], call: &Call) -> Step {
    let meant = |rule: &&mut Rule| {
        let account = rule.account.is_none() || rule.account == call.account;
        rule.service == call.service && rule.action == call.action && account
    };
    // The newest rule that has something to say.
    let mut rules = rules.iter_mut().rev().filter(meant);
    rules
        .find_map(|rule| rule.steps.pop_front().or_else(|| rule.always.clone()))
        .unwrap_or(Step::Pass)
}

/// Which call a request is.
fn call(request: &Message, shared: &Shared) -> Call {
    let mut words = request.first.split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    // Credential=KEY/20260101/eu-west-1/ec2/aws4_request
    let scope = request
        .header("authorization")
        .and_then(|header| header.split_once("Credential="));
    let scope = scope
        .and_then(|(_, scope)| scope.split(',').next())
        .unwrap_or_default();
    let scope: Vec<&str> = scope.split('/').collect();
    let part = |index: usize| scope.get(index).copied().unwrap_or_default().to_owned();
    let body = request.text();
    let target = request
        .header("x-amz-target")
        .and_then(|target| target.rsplit('.').next());
    let action = match (target, field(&body, "Action")) {
        (Some(action), _) => action.to_owned(),
        (None, Some(action))
            if request
                .header("content-type")
                .is_some_and(|kind| kind.contains("form")) =>
        {
            action
        }
        (None, _) => format!("{method} {path}"),
    };
    let account = request.header("x-moto-account-id").map(str::to_owned);
    let account = account.or_else(|| shared.state().accounts.get(&part(0)).cloned());
    Call {
        service: part(3),
        action,
        account,
        region: part(2),
        body,
        query: query.to_owned(),
    }
}

/// A field of a form, as it stands there.
fn field(form: &str, name: &str) -> Option<String> {
    let mut fields = form.split('&').filter_map(|field| field.split_once('='));
    fields
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

fn forward(request: &Message, shared: &Shared) -> std::io::Result<Message> {
    let mut upstream = TcpStream::connect(&shared.upstream)?;
    request.write(&mut upstream, None)?;
    let mut reader = BufReader::new(upstream);
    // The answer to `Expect: 100-continue` is not the answer.
    let mut response = Message::read(&mut reader)?;
    while response
        .as_ref()
        .is_some_and(|response| response.first.contains(" 100 "))
    {
        response = Message::read(&mut reader)?;
    }
    let mut response = response.ok_or_else(|| std::io::Error::other("the server said nothing"))?;
    if response.header("content-length").is_none() && response.header("transfer-encoding").is_none() {
        reader.read_to_end(&mut response.body)?;
    }
    learn_account(&response.text(), shared);
    Ok(response)
}

/// Of keys that are given out for an assumed role: which account they are of.
fn learn_account(text: &str, shared: &Shared) {
    if !text.contains("<AssumeRoleResponse") {
        return;
    }
    let between = |start: &str, end: &str| {
        let rest = text.split_once(start)?.1;
        Some(rest.split_once(end)?.0.to_owned())
    };
    if let (Some(key), Some(account)) = (between("<AccessKeyId>", "<"), between("arn:aws:sts::", ":")) {
        shared.state().accounts.insert(key, account);
    }
}

/// An error as the service writes it.
fn error_body(call: &Call, code: &str) -> (&'static str, String) {
    let message = "said by the proxy";
    match call.service.as_str() {
        "ec2" => (
            "text/xml",
            format!(
                "<?xml version=\"1.0\"?><Response><Errors><Error><Code>{code}</Code><Message>{message}</Message>\
                 </Error></Errors><RequestID>00000000</RequestID></Response>"
            ),
        ),
        "s3" => (
            "application/xml",
            format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>{message}</Message></Error>"),
        ),
        "rds" | "elasticloadbalancing" | "sts" | "sns" => (
            "text/xml",
            format!(
                "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>\
                 <RequestId>00000000</RequestId></ErrorResponse>"
            ),
        ),
        _ => (
            "application/x-amz-json-1.1",
            format!(r#"{{"__type": "{code}", "message": "{message}", "Message": "{message}"}}"#),
        ),
    }
}
