//! Fields that hold the message of a built-in kind: read by its door, said by its converter.

use opensergo_api::shape::At;
use opensergo_api::{Kind, Metadata, Namespace, Node, Object, ObjectName, Report, WarningCode};
use prost_reflect::{DynamicMessage, MessageDescriptor};
use serde_json::Value;

use crate::convert::{encode, speaks};
use crate::features::Features;

/// What packages of our messages begin with; the domain and a version follow.
const PACKAGE: &str = "io.opensergo.proto.";
/// The field that holds the name of an object, in every message that has one.
const NAME: &str = "name";

/// Finds the built-in kind whose message this is: `….fault_tolerance.v1.RateLimitStrategy` is that of the
/// `RateLimitStrategy` of `fault-tolerance.opensergo.io`.
pub(super) fn kind(message: &MessageDescriptor) -> Option<Kind> {
    let (domain, name) = message.full_name().strip_prefix(PACKAGE)?.split_once(".v1.")?;
    let group = format!("{}.opensergo.io", domain.replace('_', "-"));
    Kind::all()
        .find(|kind| kind.group() == group && kind.name() == name)
        .filter(|kind| speaks(*kind, Features::default()))
}

/// Reads contents of a built-in kind and says them in its message, without a name.
pub(super) fn read(
    kind: Kind,
    message: &MessageDescriptor,
    value: &Value,
    (at, report): (&At<'_>, &mut Report),
) -> Option<DynamicMessage> {
    let mut inner = Report::default();
    let spec = kind.read(&Node::from(value), &mut inner);
    forward(inner, at, report);
    let any = encode(&Object::new(kind, unnamed()?, spec?), Features::default());
    let Some(any) = any.filter(|any| any.type_url.rsplit('/').next() == Some(message.full_name())) else {
        report.not_allowed(at, value, "what the message can say to a client that knows no feature");
        return None;
    };
    let Ok(mut said) = DynamicMessage::decode(message.clone(), any.value.as_slice()) else {
        let allowed = format!("`{}` as it is built in: the descriptor set has another", message.full_name());
        report.not_allowed(at, value, &allowed);
        return None;
    };
    said.clear_field_by_name(NAME);
    Some(said)
}

/// Passes reasons and doubts on, each at the place the contents stand at.
fn forward(inner: Report, at: &At<'_>, report: &mut Report) {
    let place = |path: &str| format!("{at}{}", path.strip_prefix("spec").unwrap_or_default());
    inner.secrets().iter().for_each(|path| report.secret(place(path)));
    let (invalids, warnings) = inner.into_parts();
    for mut invalid in invalids {
        invalid.path = place(&invalid.path);
        report.refuse(invalid);
    }
    // Those who are known to differ read the kind itself, not what holds it.
    for warning in warnings.into_iter().filter(|warning| warning.code != WarningCode::Consumer) {
        report.warn(place(&warning.path), warning.code, warning.message);
    }
}

/// Says where contents belong that are no object: nowhere. The converter wants a name, which is taken out again.
fn unnamed() -> Option<Metadata> {
    let name = ObjectName::try_new("unnamed").ok()?;
    Some(Metadata { namespace: Namespace::try_new("default").ok()?, name, app: None })
}
