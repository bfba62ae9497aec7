//! Reads a request: what it wants, or the sentence that refuses it. Decides nothing that depends on earlier requests.

use opensergo_api::{AppKey, Kind};

use crate::features::Features;
use crate::proto::transport::v1::{SubscribeOpType, SubscribeRequest, SubscribeRequestTarget};
use crate::topic::Topic;

/// Longest namespace, application or request id, in bytes: that of a DNS name.
const NAME_LENGTH: usize = 253;
/// Kinds one request may name.
const KINDS: usize = 64;
/// Unknown kinds that are named in a refusal, and characters of each.
const NAMED: (usize, usize) = (8, 80);

/// What a request wants.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    /// To begin or to end.
    pub(super) operation: SubscribeOpType,
    /// The topics, in push order, each once.
    pub(super) topics: Vec<Topic>,
    /// What the client understands.
    pub(super) features: Features,
    /// The refusal of the kinds nobody here knows, if there are any; the known ones are taken nevertheless.
    pub(super) unknown: Option<String>,
}

/// Reads a request; the error is the sentence for the client.
pub(super) fn read(request: &SubscribeRequest) -> Result<Wanted, String> {
    let operation = SubscribeOpType::try_from(request.op_type)
        .map_err(|_| format!("unknown op_type {}: 0 is SUBSCRIBE, 1 is UNSUBSCRIBE", request.op_type))?;
    let target = request.target.as_ref().ok_or("the request has no target")?;
    bounded("request_id", &request.request_id)?;
    named("namespace", &target.namespace)?;
    named("app", &target.app)?;
    if target.kinds.is_empty() {
        return Err("the target names no kinds".to_owned());
    }
    if target.kinds.len() > KINDS {
        return Err(format!("the target names {} kinds, more than {KINDS}", target.kinds.len()));
    }
    let (topics, unknown) = topics(target);
    Ok(Wanted { operation, topics, features: Features::from_labels(&target.labels), unknown: refusal(&unknown) })
}

/// Splits the kinds into topics and names nobody here knows.
fn topics(target: &SubscribeRequestTarget) -> (Vec<Topic>, Vec<&str>) {
    let key = AppKey { namespace: target.namespace.clone(), app: target.app.clone() };
    let mut kinds: Vec<Kind> = target.kinds.iter().filter_map(|kind| Kind::find(kind)).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let unknown = target.kinds.iter().map(String::as_str).filter(|kind| Kind::find(kind).is_none()).collect();
    (kinds.into_iter().map(|kind| Topic { kind, key: key.clone() }).collect(), unknown)
}

fn refusal(unknown: &[&str]) -> Option<String> {
    let (names, characters) = NAMED;
    let quoted: Vec<String> = (unknown.iter().take(names))
        .map(|kind| format!("`{}`", kind.chars().take(characters).collect::<String>()))
        .collect();
    let rest = match unknown.len().saturating_sub(names) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    (!quoted.is_empty()).then(|| format!("unknown kinds: {}{rest}", quoted.join(", ")))
}

fn named(field: &str, text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Err(format!("the target has no {field}"));
    }
    bounded(field, text)
}

fn bounded(field: &str, text: &str) -> Result<(), String> {
    if text.len() > NAME_LENGTH {
        return Err(format!("{field} is {} bytes long, more than {NAME_LENGTH}", text.len()));
    }
    Ok(())
}
