//! The control plane as a whole: binds, runs every stage, and goes down in order.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use opensergo_wire::{FILE_DESCRIPTOR_SET, SERVICE};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio_stream::wrappers::TcpListenerStream;
use tokio_util::sync::CancellationToken;
use tonic::transport::Server;
use tonic::transport::server::Router;
use tonic_health::server::HealthReporter;

use crate::config::Config;
use crate::grpc::Subscribe;
use crate::http::{self, Pages};
use crate::hub::Hub;
use crate::index::{self, Index, Outlets};
use crate::metrics::Metrics;
use crate::source::{self, files::Files};
use crate::state::{State, StateError};
use crate::status::Status;

/// How often a silent connection is asked whether it is still there; and how long it may take to say so.
const KEEPALIVE: (Duration, Duration) = (Duration::from_secs(30), Duration::from_secs(20));
/// Streams on one connection: a sidecar may carry a host's worth.
const STREAMS_PER_CONNECTION: u32 = 1024;
/// The largest header list: clients send a dozen short ones.
const LARGEST_HEADERS: u32 = 16 * 1024;
/// How long streams wait for the first list of the source.
const FIRST_LIST: Duration = Duration::from_secs(2);

/// Why a control plane could not start, or stopped.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is taken or not ours.
    #[error("cannot listen on {address}")]
    Bind {
        /// Which address.
        address: SocketAddr,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The state directory cannot be used.
    #[error("cannot use the state directory")]
    State(#[from] StateError),
    /// A file or directory of rules is not there, and there is no snapshot to serve instead.
    #[error("cannot read rules from {path}")]
    Rules {
        /// Which path.
        path: std::path::PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The server failed while running.
    #[error("the gRPC server failed")]
    Grpc(#[source] tonic::transport::Error),
    /// The second port failed while running.
    #[error("the HTTP server failed")]
    Http(#[source] std::io::Error),
}

/// A control plane that is bound and not yet running.
#[derive(Debug)]
pub struct ControlPlane {
    config: Config,
    grpc: TcpListener,
    http: TcpListener,
    index: Index,
    state: Option<State>,
}

impl ControlPlane {
    /// Takes the ports and the state directory, so that what can fail fails now.
    pub async fn bind(config: Config) -> Result<Self, ServeError> {
        let (state, snapshot) = match &config.state {
            Some(directory) => State::open(directory).map(|(state, snapshot)| (Some(state), snapshot))?,
            None => (None, None),
        };
        if snapshot.is_none() {
            for path in &config.rules {
                std::fs::metadata(path).map_err(|source| ServeError::Rules { path: path.clone(), source })?;
            }
        }
        let index = snapshot.as_ref().map(Index::restore).unwrap_or_default();
        let grpc = listen(config.listen).await?;
        let http = listen(config.http).await?;
        Ok(Self { config, grpc, http, index, state })
    }

    /// Returns where clients subscribe, with the real port.
    pub fn address(&self) -> SocketAddr {
        self.grpc.local_addr().unwrap_or(self.config.listen)
    }

    /// Returns where health, metrics and status are served, with the real port.
    pub fn http_address(&self) -> SocketAddr {
        self.http.local_addr().unwrap_or(self.config.http)
    }

    /// Runs until `shutdown` completes or a stage fails; then streams get [`Config::drain`] to end.
    pub async fn run(self, shutdown: impl Future<Output = ()>) -> Result<(), ServeError> {
        let patience = self.config.drain;
        let stop = CancellationToken::new();
        let mut tasks = self.start(&stop);
        let first = tokio::select! {
            biased;
            () = shutdown => Ok(()),
            ended = tasks.join_next() => outcome(ended),
        };
        stop.cancel();
        let rest = tokio::time::timeout(patience, drain(&mut tasks)).await;
        if rest.is_err() {
            tracing::warn!(after = ?patience, "streams that did not end in time are cut off");
            tasks.shutdown().await;
        }
        first.and(rest.unwrap_or(Ok(())))
    }

    /// Starts every stage, in the order a rule passes them. All tasks of a control plane are in this set.
    fn start(self, stop: &CancellationToken) -> JoinSet<Result<(), ServeError>> {
        let metrics = Metrics::default();
        let hub = Hub::new(&identifier(self.address()));
        let (status, watched) = watch::channel(None);
        let (events, received) = mpsc::channel(source::EVENTS);
        let mut tasks = JoinSet::new();

        tasks.spawn(quietly(Files::new(self.config.rules).run(events, stop.clone())));
        let outlets = Outlets { hub: hub.clone(), status, metrics: metrics.clone(), state: self.state };
        tasks.spawn(quietly(index::run(self.index, received, outlets)));
        let subscribe = Subscribe::new(hub, metrics.clone(), self.config.streams, stop.clone());
        let (reporter, health) = tonic_health::server::health_reporter();
        tasks.spawn(quietly(report_health(reporter, watched.clone(), stop.clone())));
        let router = server().add_service(subscribe).add_service(health).add_service(reflection());
        tasks.spawn(serve_grpc(self.grpc, router, watched.clone(), stop.clone()));
        tasks.spawn(serve_http(self.http, http::router(Pages { status: watched, metrics }), stop.clone()));
        tasks
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, ServeError> {
    let listener = TcpListener::bind(address).await.map_err(|source| ServeError::Bind { address, source })?;
    if !address.ip().is_loopback() {
        tracing::warn!(%address, "listening beyond loopback without TLS: whoever reaches this port reads every rule");
    }
    Ok(listener)
}

/// Names this process in frames: the host's name where the system tells it, and the port.
fn identifier(address: SocketAddr) -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    format!("opensergo-{}:{}", host.trim(), address.port())
}

fn server() -> Server {
    Server::builder()
        .http2_keepalive_interval(Some(KEEPALIVE.0))
        .http2_keepalive_timeout(Some(KEEPALIVE.1))
        .max_concurrent_streams(STREAMS_PER_CONNECTION)
        .http2_max_header_list_size(LARGEST_HEADERS)
        .tcp_nodelay(true)
}

fn reflection()
-> tonic_reflection::server::v1::ServerReflectionServer<impl tonic_reflection::server::v1::ServerReflection> {
    let service = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(FILE_DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .build_v1();
    #[expect(clippy::expect_used, reason = "the descriptors are compiled in and a test serves them")]
    service.expect("the descriptors are compiled in")
}

/// Says SERVING once rules are known: until then clients are acked and get no list.
async fn report_health(
    reporter: HealthReporter,
    mut status: watch::Receiver<Option<Arc<Status>>>,
    stop: CancellationToken,
) {
    use tonic_health::ServingStatus::{NotServing, Serving};
    loop {
        let ready = status.borrow_and_update().as_ref().is_some_and(|status| status.is_synced());
        let serving = if ready { Serving } else { NotServing };
        reporter.set_service_status(SERVICE, serving).await;
        reporter.set_service_status("", serving).await;
        tokio::select! {
            biased;
            () = stop.cancelled() => break,
            changed = status.changed() => if changed.is_err() { break },
        }
    }
    reporter.set_service_status(SERVICE, NotServing).await;
    reporter.set_service_status("", NotServing).await;
}

/// Serves streams, once it is known which kinds there are: who subscribes to one that is not yet defined is told that
/// there is none. The listener queues whoever comes earlier.
async fn serve_grpc(
    listener: TcpListener,
    router: Router,
    mut status: watch::Receiver<Option<Arc<Status>>>,
    stop: CancellationToken,
) -> Result<(), ServeError> {
    tokio::select! {
        biased;
        () = stop.cancelled() => return Ok(()),
        _ = tokio::time::timeout(FIRST_LIST, status.wait_for(Option::is_some)) => {}
    }
    let incoming = TcpListenerStream::new(listener);
    router.serve_with_incoming_shutdown(incoming, stop.cancelled_owned()).await.map_err(ServeError::Grpc)
}

async fn serve_http(listener: TcpListener, pages: axum::Router, stop: CancellationToken) -> Result<(), ServeError> {
    axum::serve(listener, pages).with_graceful_shutdown(stop.cancelled_owned()).await.map_err(ServeError::Http)
}

/// Lets a task that cannot fail stand among those that can.
async fn quietly(task: impl Future<Output = ()>) -> Result<(), ServeError> {
    task.await;
    Ok(())
}

async fn drain(tasks: &mut JoinSet<Result<(), ServeError>>) -> Result<(), ServeError> {
    let mut first = Ok(());
    while let Some(ended) = tasks.join_next().await {
        first = first.and(outcome(Some(ended)));
    }
    first
}

/// Returns how a task ended; one that panicked takes the process down with it, so that somebody restarts it.
fn outcome(ended: Option<Result<Result<(), ServeError>, tokio::task::JoinError>>) -> Result<(), ServeError> {
    match ended {
        None => Ok(()),
        Some(Ok(outcome)) => outcome,
        Some(Err(error)) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Ok(()),
        },
    }
}
