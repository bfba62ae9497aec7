//! The stage: a control plane on a directory of rules, the application that obeys it, and how both are reached.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use opensergo_control_plane::{Config, ControlPlane, ServeError};
use opensergo_sdk::Client;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::app::App;
use super::clock::Clock;
use super::rules::{RATE_LIMIT, Rules};

/// The name rules are written for.
const APP: &str = "foo-app";
/// Where the application listens, unless that is taken.
const APP_ADDRESS: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 10_000);
/// How long the control plane may take to answer for the first time.
const START: Duration = Duration::from_secs(30);
/// How long connections may take to end when the demo does.
const END: Duration = Duration::from_secs(2);

/// Everything that runs.
#[derive(Debug)]
pub(super) struct Stage {
    /// The directory of rules.
    pub(super) rules: Rules,
    /// The application.
    pub(super) app: Arc<App>,
    /// The SDK inside the application.
    pub(super) client: Client,
    /// The clock all times are of.
    pub(super) clock: Clock,
    /// Where the application listens.
    pub(super) address: SocketAddr,
    listen: SocketAddr,
    http: SocketAddr,
    plane: Part,
    server: Part,
}

/// A server and what ends it.
#[derive(Debug)]
struct Part {
    tasks: JoinSet<anyhow::Result<()>>,
    stop: CancellationToken,
}

impl Part {
    fn start<F: Future<Output = anyhow::Result<()>> + Send + 'static>(
        run: impl FnOnce(CancellationToken) -> F,
    ) -> Self {
        let (mut tasks, stop) = (JoinSet::new(), CancellationToken::new());
        tasks.spawn(run(stop.clone()));
        Self { tasks, stop }
    }

    /// Ends it; what does not end in time is cut off.
    async fn end(mut self) -> anyhow::Result<()> {
        self.stop.cancel();
        match tokio::time::timeout(END, self.tasks.join_next()).await {
            Ok(Some(ended)) => ended?,
            Ok(None) | Err(_) => Ok(()),
        }
    }
}

impl Stage {
    /// Starts everything, with no rules yet, and waits until the application knows that there are none.
    ///
    /// # Errors
    /// No port is free, or no directory can be made.
    pub(super) async fn set_up() -> anyhow::Result<Self> {
        let clock = Clock::start();
        let rules = Rules::create().context("cannot make a directory for rules")?;
        let plane = bind(Config { rules: vec![rules.path("")], drain: END / 2, ..Config::default() }).await?;
        let (listen, http) = (plane.address(), plane.http_address());
        let plane = Part::start(async move |stop| Ok(plane.run(stop.cancelled_owned()).await?));

        let client = Client::connect(&opensergo_sdk::Config::new(format!("http://{listen}"), APP))?;
        let ready = tokio::time::timeout(START, client.wait_ready()).await;
        ready.with_context(|| format!("the control plane sent no rules in {START:?}"))?;
        let app = Arc::new(App::new(clock));
        let listener = listen_at(APP_ADDRESS).await?;
        let address = listener.local_addr()?;
        let router = app.router(&client);
        let server = Part::start(async move |stop| {
            Ok(axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned()).await?)
        });
        Ok(Self { rules, app, client, clock, address, listen, http, plane, server })
    }

    /// Says what runs where, and which port had to be another.
    pub(super) fn describe(&self) -> String {
        let usual = Config::default();
        let row = |what: &str, url: String, usual: SocketAddr, real: SocketAddr| {
            let note = if usual == real { String::new() } else { format!("  (port {} is taken)", usual.port()) };
            format!("  {what:<14}{url}{note}\n")
        };
        let rows = [
            row("control plane", self.listen.to_string(), usual.listen, self.listen),
            row("status", format!("http://{}/status", self.http), usual.http, self.http),
            row(APP, format!("http://{}", self.address), APP_ADDRESS, self.address),
            format!("  {:<14}{}", "rules", self.rules.path("").display()),
        ];
        format!("One rule's whole life, in this process:\n{}", rows.concat())
    }

    /// Says what a person may do while it keeps running.
    pub(super) fn invite(&self) -> String {
        let Self { address, listen, http, .. } = self;
        let file = self.rules.path(RATE_LIMIT.name);
        format!(
            "\nStill running, with 2 calls per second on GET:/foo/{{id}}. Try, in another terminal:\n\
             \x20 for i in 1 2 3 4 5; do curl -s -o /dev/null -w '%{{http_code}}\\n' http://{address}/foo/$i; done\n\
             \x20 curl -i http://{address}/hello\n\
             \x20 curl http://{http}/status\n\
             \x20 opensergo subscribe --server {listen} --app {APP}\n\
             and edit the rules in\n\
             \x20 {}\n\
             ^C ends it all and removes them.",
            file.display()
        )
    }

    /// Ends the application first, so that it does not miss its control plane.
    pub(super) async fn tear_down(self) -> anyhow::Result<()> {
        self.server.end().await?;
        drop(self.client);
        self.plane.end().await
    }
}

/// Binds a control plane; a port that is taken is replaced by a free one.
async fn bind(mut config: Config) -> Result<ControlPlane, ServeError> {
    loop {
        match ControlPlane::bind(config.clone()).await {
            Err(ServeError::Bind { address, .. }) if address.port() != 0 => {
                let taken = if address == config.listen { &mut config.listen } else { &mut config.http };
                taken.set_port(0);
            }
            bound => return bound,
        }
    }
}

async fn listen_at(address: SocketAddr) -> io::Result<TcpListener> {
    match TcpListener::bind(address).await {
        Ok(listener) => Ok(listener),
        Err(_) => TcpListener::bind(SocketAddr::new(address.ip(), 0)).await,
    }
}
