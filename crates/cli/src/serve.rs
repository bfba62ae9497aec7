//! `opensergo serve`: the control plane as a process.

mod descriptors;
mod settings;

use std::path::PathBuf;

use opensergo_control_plane::source::files;
use opensergo_control_plane::{ControlPlane, ServeError};
use tokio::sync::oneshot;
use tracing_subscriber::filter::LevelFilter;

use crate::logs::Logs;
use crate::outcome::Outcome;
use crate::reason;
use crate::signals::Signals;
pub(crate) use settings::Arguments;
use settings::Settings;

/// Serves until it is told to end: gracefully at the first signal, at once at the second.
///
/// # Errors
/// The settings are wrong, or the server could not start.
pub(crate) async fn run(arguments: &Arguments, logs: &Logs) -> anyhow::Result<Outcome> {
    let Settings { config, log_format } = Settings::read(arguments)?;
    logs.start(LevelFilter::INFO, log_format)?;
    let signals = Signals::listen()?;
    let documents = count(&config.rules);
    let files = descriptors::raise();
    let plane = ControlPlane::bind(config).await?;
    tracing::info!(listen = %plane.address(), http = %plane.http_address(), documents, files, "serving");
    let (stop, stopped) = oneshot::channel();
    tokio::select! {
        biased;
        () = obey(signals, stop) => {
            tracing::warn!("ended at once");
            Ok(Outcome::Bad)
        }
        ended = plane.run(async { drop(stopped.await) }) => Ok(judge(ended)),
    }
}

/// Counts the documents there are; `None` when the rules cannot be read now, and a snapshot has to do.
fn count(rules: &[PathBuf]) -> Option<usize> {
    files::scan(rules).ok().map(|scan| scan.entries.len())
}

/// Asks the server to stop at the first signal, and returns at the second.
async fn obey(mut signals: Signals, stop: oneshot::Sender<()>) {
    signals.next().await;
    tracing::info!("ending: streams are closed; another signal ends at once");
    drop(stop);
    signals.next().await;
}

fn judge(ended: Result<(), ServeError>) -> Outcome {
    match ended {
        Ok(()) => {
            tracing::info!("ended");
            Outcome::Good
        }
        Err(error) => {
            tracing::error!(error = reason::in_words(&error.into()), "broke down");
            Outcome::Bad
        }
    }
}
