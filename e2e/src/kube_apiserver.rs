//! A real kube-apiserver as a child process, and a client of it that speaks JSON.
//!
//! It is the program in `e2e/kube-apiserver`: the server and its etcd, nothing else of Kubernetes, so no controller
//! acts on what is created. The client is its administrator and goes through its proxy in plain HTTP; what needs TLS
//! and roles takes [`KubeApiserver::kubeconfig`]. Every server is new and empty, and gone with the value.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{LazyLock, Mutex};
use std::time::Duration;

use anyhow::{Context, anyhow, bail, ensure};
use serde_json::Value;
use tempfile::TempDir;

use crate::clock;
use crate::program::Program;

/// Names the ready binary, instead of having it built. `cargo xtask test` sets it.
const READY: &str = "OPENSERGO_KUBE_APISERVER";
/// How long to wait between two looks at an object.
const GLANCE: Duration = Duration::from_millis(20);

/// A running server.
#[derive(Debug)]
pub struct KubeApiserver {
    /// Before the folder, so that it ends before that goes; in a mutex, so that threads may share the server.
    _program: Mutex<Program>,
    _state: TempDir,
    proxy: SocketAddr,
    server: String,
    kubeconfig: PathBuf,
}

impl KubeApiserver {
    /// Starts one on free ports; returns when it is ready and has its namespace `default`.
    pub fn start() -> anyhow::Result<Self> {
        let state = TempDir::with_prefix("opensergo-e2e-").context("no temporary directory")?;
        let mut command = Command::new(binary()?);
        command.arg("-dir").arg(state.path());
        let mut program = Program::start("kube-apiserver", command)?;
        let line = program.expect("its addresses", |line| line["proxy"].is_string())?;
        let field = |name: &str| line[name].as_str().with_context(|| format!("no `{name}` in {line}"));
        let proxy = field("proxy")?.trim_start_matches("http://").parse()?;
        let (server, kubeconfig) = (field("server")?.to_owned(), field("kubeconfig")?.into());
        Ok(Self { _program: Mutex::new(program), _state: state, proxy, server, kubeconfig })
    }

    /// Returns where it takes plain HTTP; a request without `Authorization` is the administrator's.
    pub fn proxy(&self) -> SocketAddr {
        self.proxy
    }

    /// Returns its own URL, behind TLS and roles.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// Returns the file that lets others in, as its administrator.
    pub fn kubeconfig(&self) -> &Path {
        &self.kubeconfig
    }

    /// Gets an object: the status code, and the object or why there is none.
    pub fn get(&self, path: &str) -> anyhow::Result<(u16, Value)> {
        self.ask("GET", path, None)
    }

    /// Lists a collection: the status code, and the items; null where it is refused.
    pub fn list(&self, path: &str) -> anyhow::Result<(u16, Value)> {
        let (status, mut list) = self.get(path)?;
        Ok((status, list["items"].take()))
    }

    /// Creates an object in a collection.
    pub fn create(&self, path: &str, body: &Value) -> anyhow::Result<(u16, Value)> {
        self.ask("POST", path, Some(("application/json", body)))
    }

    /// Asks for everything that happens to an object that is created, except that it is kept. Unknown and doubled
    /// fields are refused.
    pub fn dry_run_create(&self, path: &str, body: &Value) -> anyhow::Result<(u16, Value)> {
        self.create(&format!("{path}?dryRun=All&fieldValidation=Strict"), body)
    }

    /// Creates or changes the object at a path, by server-side apply; what others manage is taken from them.
    pub fn apply(&self, path: &str, body: &Value) -> anyhow::Result<(u16, Value)> {
        let path = format!("{path}?fieldManager=e2e&force=true");
        self.ask("PATCH", &path, Some(("application/apply-patch+yaml", body)))
    }

    /// Deletes an object.
    pub fn delete(&self, path: &str) -> anyhow::Result<(u16, Value)> {
        self.ask("DELETE", path, None)
    }

    /// Gets an object again and again until it is what is wanted.
    pub fn wait_for(&self, path: &str, wanted: impl Fn(u16, &Value) -> bool) -> anyhow::Result<Value> {
        let deadline = clock::now() + clock::CEILING;
        loop {
            let (status, object) = self.get(path)?;
            if wanted(status, &object) {
                return Ok(object);
            }
            ensure!(clock::now() < deadline, "GET {path} of kube-apiserver still says {status}: {object:#}");
            clock::pause(GLANCE);
        }
    }

    /// Asks in HTTP/1.0: there the answer comes in one piece, and ends where the connection does.
    fn ask(&self, method: &str, path: &str, content: Option<(&str, &Value)>) -> anyhow::Result<(u16, Value)> {
        let (media, body) = content.map_or(("", String::new()), |(media, body)| (media, body.to_string()));
        let length = body.len();
        let mut stream = TcpStream::connect_timeout(&self.proxy, clock::CEILING)?;
        stream.set_read_timeout(Some(clock::CEILING))?;
        write!(stream, "{method} {path} HTTP/1.0\r\nHost: {}\r\nAccept: application/json\r\n", self.proxy)?;
        write!(stream, "Content-Type: {media}\r\nContent-Length: {length}\r\n\r\n{body}")?;
        let mut text = Vec::new();
        stream.read_to_end(&mut text).with_context(|| format!("{method} {path} of kube-apiserver"))?;
        let text = String::from_utf8_lossy(&text);
        parse(&text).ok_or_else(|| anyhow!("{method} {path} of kube-apiserver: no answer in JSON:\n{text}"))
    }
}

fn parse(text: &str) -> Option<(u16, Value)> {
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.split_ascii_whitespace().nth(1)?.parse().ok()?;
    Some((status, serde_json::from_str(body).ok()?))
}

/// Returns the binary, built once per test process and only when its module has changed.
fn binary() -> anyhow::Result<&'static Path> {
    static BUILT: LazyLock<Result<PathBuf, String>> = LazyLock::new(|| build().map_err(|error| format!("{error:#}")));
    BUILT.as_deref().map_err(|error| anyhow!("{error}"))
}

/// Has the chore build it that knows how, into the target folder this test was built into.
fn build() -> anyhow::Result<PathBuf> {
    if let Some(ready) = std::env::var_os(READY) {
        let ready = PathBuf::from(ready);
        ensure!(ready.exists(), "{READY} names no file: {} was not built", ready.display());
        return Ok(ready);
    }
    let test = std::env::current_exe()?;
    let target = test.ancestors().nth(3).context("the test is in no target folder")?;
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(env!("CARGO_MANIFEST_DIR")).args(["run", "--quiet", "--package", "xtask", "--target-dir"]);
    let output = cargo.arg(target).args(["--", "kube-apiserver"]).stderr(Stdio::piped()).output();
    let output = output.context("cannot run cargo")?;
    if !output.status.success() {
        bail!("`cargo xtask kube-apiserver` fails:\n{}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?.trim_end().into())
}
