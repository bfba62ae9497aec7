//! What a rule holds for. The base message names a resource; every other way is a feature, and a target a client does
//! not know is withheld: a target without its pattern would be all calls or none.

use opensergo_api::fault_tolerance::rule::{GrpcTarget, HttpTarget, PathMatch};
use opensergo_api::fault_tolerance::{NamedReference, ResourceMatch, Target};
use opensergo_api::shape::Table;
use opensergo_api::{Node, StringMatch};

use crate::convert::spelling;
use crate::features::{Feature, Features};
use crate::proto::extension::v1 as proto;
use crate::proto::extension::v1::{path_match, resource_match, string_match};
use crate::proto::fault_tolerance::v1::fault_tolerance_rule::FaultToleranceRuleTargetRef;

/// Says a target, or `None` when clients that understand these features do not know its like.
pub(super) fn message(target: &Target, features: Features) -> Option<FaultToleranceRuleTargetRef> {
    let empty = FaultToleranceRuleTargetRef::default();
    let (feature, message) = match target {
        Target::TargetResourceName(name) => {
            return Some(FaultToleranceRuleTargetRef { target_resource_name: name.as_str().to_owned(), ..empty });
        }
        Target::TargetRef(to) => {
            (Feature::TargetRef, FaultToleranceRuleTargetRef { target_ref: Some(reference(to)), ..empty })
        }
        Target::Match(names) => {
            (Feature::TargetMatch, FaultToleranceRuleTargetRef { r#match: Some(names_match(names)), ..empty })
        }
        Target::Http(requests) => {
            (Feature::HttpTarget, FaultToleranceRuleTargetRef { http: Some(http(requests)), ..empty })
        }
        Target::Grpc(calls) => (Feature::GrpcTarget, FaultToleranceRuleTargetRef { grpc: Some(grpc(calls)), ..empty }),
    };
    features.has(feature).then_some(message)
}

/// Spells a target as a document does: all that is filled; that it is exactly one is the door's business.
pub(super) fn spell(target: FaultToleranceRuleTargetRef) -> Node {
    let FaultToleranceRuleTargetRef { target_resource_name, r#match, http, grpc, target_ref } = target;
    let other = r#match.is_some() || http.is_some() || grpc.is_some() || target_ref.is_some();
    let resource = (!other || !target_resource_name.is_empty()).then(|| Node::text(target_resource_name));
    let reference =
        |to: proto::TargetRef| Node::map([("name", Some(Node::text(to.name))), ("kind", spelling::written(to.kind))]);
    Node::map([
        ("targetResourceName", resource),
        ("targetRef", target_ref.map(reference)),
        ("match", r#match.map(spell_names_match)),
        ("http", http.map(spell_http)),
        ("grpc", grpc.map(spell_grpc)),
    ])
}

fn reference(to: &NamedReference) -> proto::TargetRef {
    proto::TargetRef { name: to.name.as_str().to_owned(), kind: to.kind().unwrap_or_default().to_owned() }
}

fn names_match(names: &ResourceMatch) -> proto::ResourceMatch {
    let how = match names {
        ResourceMatch::Prefix(prefix) => resource_match::Match::Prefix(prefix.as_str().to_owned()),
        ResourceMatch::Glob(glob) => resource_match::Match::Glob(glob.as_str().to_owned()),
        ResourceMatch::Regex(regex) => resource_match::Match::Regex(regex.as_str().to_owned()),
    };
    proto::ResourceMatch { r#match: Some(how) }
}

fn spell_names_match(names: proto::ResourceMatch) -> Node {
    Node::map(names.r#match.map(|how| match how {
        resource_match::Match::Prefix(prefix) => ("prefix", Some(Node::text(prefix))),
        resource_match::Match::Glob(glob) => ("glob", Some(Node::text(glob))),
        resource_match::Match::Regex(regex) => ("regex", Some(Node::text(regex))),
    }))
}

fn http(requests: &HttpTarget) -> proto::HttpTarget {
    proto::HttpTarget {
        method: requests.method.as_deref().unwrap_or_default().to_owned(),
        path: requests.path.as_ref().map(path),
        host: requests.host.as_deref().unwrap_or_default().to_owned(),
        headers: named(&requests.headers),
    }
}

fn spell_http(requests: proto::HttpTarget) -> Node {
    Node::map([
        ("method", spelling::written(requests.method)),
        ("path", requests.path.map(spell_path)),
        ("host", spelling::written(requests.host)),
        ("headers", spell_named(requests.headers)),
    ])
}

fn path(path: &PathMatch) -> proto::PathMatch {
    let how = match path {
        PathMatch::Exact(exact) => path_match::Match::Exact(exact.as_str().to_owned()),
        PathMatch::Prefix(prefix) => path_match::Match::Prefix(prefix.as_str().to_owned()),
        PathMatch::Template(template) => path_match::Match::Template(template.as_str().to_owned()),
        PathMatch::Regex(regex) => path_match::Match::Regex(regex.as_str().to_owned()),
    };
    proto::PathMatch { r#match: Some(how) }
}

fn spell_path(path: proto::PathMatch) -> Node {
    Node::map(path.r#match.map(|how| match how {
        path_match::Match::Exact(exact) => ("exact", Some(Node::text(exact))),
        path_match::Match::Prefix(prefix) => ("prefix", Some(Node::text(prefix))),
        path_match::Match::Template(template) => ("template", Some(Node::text(template))),
        path_match::Match::Regex(regex) => ("regex", Some(Node::text(regex))),
    }))
}

fn grpc(calls: &GrpcTarget) -> proto::GrpcTarget {
    proto::GrpcTarget {
        service: (*calls.service).to_owned(),
        method: calls.method.as_deref().unwrap_or_default().to_owned(),
        metadata: named(&calls.metadata),
    }
}

fn spell_grpc(calls: proto::GrpcTarget) -> Node {
    Node::map([
        ("service", Some(Node::text(calls.service))),
        ("method", spelling::written(calls.method)),
        ("metadata", spell_named(calls.metadata)),
    ])
}

fn named<const MOST: usize>(texts: &Table<StringMatch, MOST>) -> Vec<proto::NamedMatch> {
    let named =
        |(name, how): (&String, &StringMatch)| proto::NamedMatch { name: name.clone(), r#match: Some(text(how)) };
    texts.iter().map(named).collect()
}

fn spell_named(texts: Vec<proto::NamedMatch>) -> Option<Node> {
    let spell = |named: proto::NamedMatch| (named.name, spell_text(named.r#match.unwrap_or_default()));
    (!texts.is_empty()).then(|| spelling::table(&texts.into_iter().map(spell).collect::<Vec<_>>()))
}

fn text(how: &StringMatch) -> proto::StringMatch {
    let how = match how {
        StringMatch::Exact(exact) => Some(string_match::Match::Exact((**exact).to_owned())),
        StringMatch::Prefix(prefix) => Some(string_match::Match::Prefix((**prefix).to_owned())),
        StringMatch::Regex(regex) => Some(string_match::Match::Regex(regex.as_str().to_owned())),
        StringMatch::Present => None,
    };
    proto::StringMatch { r#match: how }
}

fn spell_text(text: proto::StringMatch) -> Node {
    Node::map(text.r#match.map(|how| match how {
        string_match::Match::Exact(exact) => ("exact", Some(Node::text(exact))),
        string_match::Match::Prefix(prefix) => ("prefix", Some(Node::text(prefix))),
        string_match::Match::Regex(regex) => ("regex", Some(Node::text(regex))),
    }))
}
