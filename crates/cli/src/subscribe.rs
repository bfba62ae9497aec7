//! `opensergo subscribe`: every push of one application, as a client sees it.
//!
//! A client like any other: it checks every push, acknowledges it, and connects again when the connection is lost.

mod line;

use std::io::{self, Write};

use clap::ValueEnum;
use clap::builder::NonEmptyStringValueParser;
use opensergo_api::Domain;
use opensergo_sdk::{Config, Interest, Kind, Stream, StreamEvent};
use tracing_subscriber::filter::LevelFilter;

use crate::logs::{Format, Logs};
use crate::outcome::Outcome;
use crate::signals::Signals;

const EXAMPLES: &str = "\
Each push is the complete list of one kind. Connections lost and regained are told on stderr.

Exit status:
  0  left, because of ^C or another signal, or because nobody reads any more
  2  could not start

Examples:
  opensergo subscribe --server 127.0.0.1:10246 --app foo-app
  opensergo subscribe --server 127.0.0.1:10246 --app foo-app --kind RateLimitStrategy -o json";

/// Shows every push of an application's rules.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Where the control plane is.
    #[arg(long, value_name = "HOST:PORT", value_parser = NonEmptyStringValueParser::new())]
    server: String,
    /// The application.
    #[arg(long, value_name = "APP", value_parser = NonEmptyStringValueParser::new())]
    app: String,
    /// The namespace of the application.
    #[arg(long, default_value = "default", value_name = "NAMESPACE", value_parser = NonEmptyStringValueParser::new())]
    namespace: String,
    /// A kind, by its simple or full name; may be given several times [default: all].
    #[arg(long = "kind", value_name = "KIND", value_parser = kind)]
    kinds: Vec<Kind>,
    /// How pushes are printed.
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    output: Output,
}

/// How pushes are printed.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Output {
    /// For people.
    #[default]
    Text,
    /// One JSON object in each line: kind, version, objects.
    Json,
}

/// Subscribes and prints until it is told to leave.
///
/// # Errors
/// The server's address is none, or standard output fails.
pub(crate) async fn run(arguments: &Arguments, logs: &Logs) -> anyhow::Result<Outcome> {
    logs.start(LevelFilter::WARN, Format::Text)?;
    let mut signals = Signals::listen()?;
    let kinds = if arguments.kinds.is_empty() { Kind::all().collect() } else { arguments.kinds.clone() };
    let config = Config::new(format!("http://{}", arguments.server), &arguments.app).namespace(&arguments.namespace);
    let mut stream = Stream::try_new(&config, Interest::in_full(kinds))?;
    let mut printer = Printer { server: &arguments.server, output: arguments.output, connected: None };
    loop {
        let event = tokio::select! {
            biased;
            () = signals.next() => return Ok(Outcome::Good),
            event = stream.next() => event,
        };
        match printer.print(&mut stream, event) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(Outcome::Good),
            done => done?,
        }
    }
}

/// Prints pushes on stdout, and everything else on stderr.
struct Printer<'a> {
    server: &'a str,
    output: Output,
    /// What was last told of the connection.
    connected: Option<bool>,
}

impl Printer<'_> {
    fn print(&mut self, stream: &mut Stream, event: StreamEvent) -> io::Result<()> {
        match event {
            StreamEvent::Connected => self.tell(true, "subscribed"),
            StreamEvent::Lost(reason) => self.tell(false, &format!("lost, trying again: {reason}")),
            StreamEvent::Refused(reason) => eprintln!("{}: {reason}", self.server),
            StreamEvent::Push { push, .. } => {
                for repair in &push.repairs {
                    eprintln!("{}: repaired: {repair}", self.server);
                }
                let text = match self.output {
                    Output::Json => line::json(&push),
                    Output::Text => line::text(&push),
                };
                let mut stdout = io::stdout().lock();
                stdout.write_all(text.as_bytes())?;
                stdout.flush()?;
                stream.applied(&push);
            }
        }
        Ok(())
    }

    /// Tells how the connection is, when that is news.
    fn tell(&mut self, connected: bool, words: &str) {
        if self.connected.replace(connected) != Some(connected) {
            eprintln!("{}: {words}", self.server);
        }
    }
}

fn kind(name: &str) -> Result<Kind, String> {
    // Of a group that is not ours: registered with the control plane, perhaps.
    let is_ours = Domain::ALL.iter().any(|domain| name.starts_with(domain.group()));
    let registered = || if !is_ours && name.split('/').count() == 3 { Kind::intern(name, "") } else { None };
    Kind::find(name).or_else(|| Kind::find_simple(name)).or_else(registered).ok_or_else(|| {
        let names: Vec<_> = Kind::all().map(Kind::name).collect();
        format!("no such kind; there are {}", names.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_known_by_both_of_its_names() {
        let full = "fault-tolerance.opensergo.io/v1alpha1/ThrottlingStrategy";
        assert_eq!(kind("ThrottlingStrategy"), kind(full));
        assert_eq!(kind(full).map(Kind::full), Ok(full));
        let refused = kind("throttling").expect_err("no kind");
        assert!(refused.starts_with("no such kind; there are RateLimitStrategy, ThrottlingStrategy,"), "{refused}");
        let registered = "subscribe-test.example.com/v1/Lamp";
        assert_eq!(kind(registered).map(Kind::full), Ok(registered));
        assert!(kind("traffic.opensergo.io/v1alpha1/Lamp").is_err());
    }
}
