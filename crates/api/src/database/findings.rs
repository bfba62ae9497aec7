//! What the objects of an application say together that each alone cannot know.
//!
//! Called by whoever shows the state of a set. Pure. References that lead nowhere are `dangling`'s to list; here are those
//! that lead somewhere by folding only, services without databases, and names that more than one object has.

use std::collections::BTreeMap;
use std::fmt;

use super::alias::fold;
use super::read_write_splitting::LoadBalance;
use super::virtual_database::Service;
use super::{DATA_SOURCES, DatabaseDiscovery, ReadWriteSplitting, Shadow, VirtualDatabase};
use crate::app_set::AppSet;
use crate::finding::Finding;
use crate::kind::{Domain, Kind};
use crate::object::Object;
use crate::reference::{By, Reference, follow, meant};
use crate::shape::At;
use crate::warning::WarningCode;

/// Lists what is doubtful in a set of one application: in the order of its objects.
pub fn findings(set: &AppSet) -> Vec<Finding> {
    let objects = set.iter().filter(|object| object.id().kind.domain() == Some(Domain::Database));
    let of_objects = objects.flat_map(|object| {
        let mut found = folded(set, object);
        found.extend(services(set, object));
        found.extend(group(set, object));
        found
    });
    let mut all: Vec<_> = of_objects.collect();
    all.extend(shared_names(set));
    all
}

fn finding(object: &Object, path: impl fmt::Display, code: WarningCode, message: String) -> Finding {
    Finding { from: object.id().clone(), path: path.to_string(), code, message }
}

/// References that lead to an object only when `_` and `-` count as the same.
fn folded(set: &AppSet, object: &Object) -> Vec<Finding> {
    let told = |reference: Reference| {
        let (by, found) = meant(set, &reference)?;
        let [target] = found.as_slice() else { return None };
        let Reference { path, name, .. } = reference;
        let message = format!("`{name}` is taken for {}: write its name, or give it an alias", target.id());
        (by == By::Folding).then(|| finding(object, path, WarningCode::Folded, message))
    };
    object.spec().references().into_iter().filter_map(told).collect()
}

/// Services of which nobody knows the database.
fn services(set: &AppSet, object: &Object) -> Vec<Finding> {
    let Some(database) = object.spec_as::<VirtualDatabase>() else { return Vec::new() };
    let (spec, mut found) = (At::root("spec"), Vec::new());
    let at = spec.field("services");
    for (i, service) in database.services().iter().enumerate().filter(|(_, service)| !service.names_data_sources()) {
        let endpoints = endpoints(set, service);
        if endpoints.len() == 1 {
            continue;
        }
        let why = match endpoints.as_slice() {
            [] => "there is no DatabaseEndpoint".to_owned(),
            several => format!("there are {} of kind DatabaseEndpoint: {}", several.len(), listed(several)),
        };
        let message = format!(
            "nobody says which database is behind the service {}, and {why}; write dataSources",
            &*service.name
        );
        found.push(finding(object, at.item(i), WarningCode::Contradiction, message));
    }
    found
}

/// Lists the endpoints a service may mean: all but the shadows of its shadow rule.
fn endpoints<'set>(set: &'set AppSet, service: &Service) -> Vec<&'set Object> {
    let rule = service.shadow.as_ref().and_then(|name| {
        let reference = super::refer("", &["Shadow"], name);
        let (_, found) = meant(set, &reference)?;
        found.first()?.spec_as::<Shadow>()
    });
    let shadows: Vec<_> = rule
        .into_iter()
        .flat_map(|shadow| shadow.pairs().values())
        .filter_map(|pair| meant(set, &super::refer("", DATA_SOURCES, &pair.shadow_data_source_name)))
        .flat_map(|(_, found)| found)
        .map(Object::id)
        .collect();
    let all = Kind::find_simple("DatabaseEndpoint").into_iter().flat_map(|kind| set.of_kind(kind));
    all.filter(|endpoint| !shadows.contains(&endpoint.id())).collect()
}

fn listed(objects: &[&Object]) -> String {
    objects.iter().map(|object| object.id().name.as_str()).collect::<Vec<_>>().join(", ")
}

/// A splitting whose group is the name of a discovery and no group of it, or whose weights are not those of the group.
fn group(set: &AppSet, object: &Object) -> Option<Finding> {
    let rule = object.spec_as::<ReadWriteSplitting>()?.rule();
    let name = &rule.dynamic_strategy.as_ref()?.auto_aware_data_source_name;
    let reference = object.spec().references().into_iter().next()?;
    let path = reference.path.clone();
    let target = follow(set, object.id(), reference).ok()?;
    let groups = target.spec_as::<DatabaseDiscovery>()?.groups();
    let Some((_, group)) = groups.iter().find(|(known, _)| fold(known) == fold(name)) else {
        let names = groups.keys().cloned().collect::<Vec<_>>().join(", ");
        let message = format!("{} has no group `{}`; its groups are {names}", target.id(), &**name);
        return Some(finding(object, path, WarningCode::Dangling, message));
    };
    let Some(LoadBalance::Weight(weights)) = rule.load_balance() else { return None };
    let without = group.data_source_names.iter().find(|member| weights.of(member).is_none())?;
    let message = format!("no weight of {}, which may become a replica: it would get no reads", &**without);
    Some(finding(object, "spec.rules.dynamicStrategy.loadBalancerName", WarningCode::Contradiction, message))
}

/// Names that more than one object answers to: who refers to them refers to nobody.
fn shared_names(set: &AppSet) -> Vec<Finding> {
    let objects = set.iter().filter(|object| object.id().kind.domain() == Some(Domain::Database));
    let mut holders: BTreeMap<(Kind, &str), Vec<&Object>> = BTreeMap::new();
    for object in objects {
        for name in object.spec().aliases() {
            holders.entry((object.id().kind, name)).or_default().push(object);
        }
    }
    let shared = holders.iter().filter(|(_, holders)| holders.len() > 1);
    let told = shared.flat_map(|((_, name), holders)| {
        holders.iter().map(move |object| {
            let groups = object.spec_as::<DatabaseDiscovery>().map(DatabaseDiscovery::groups);
            let spec = At::root("spec");
            let sources = spec.field("dataSources");
            let path = match groups {
                Some(groups) if groups.contains_key(*name) => sources.key(name).to_string(),
                _ => spec.field("alias").to_string(),
            };
            let message = format!(
                "{} of kind {} have the name `{name}`: {}",
                holders.len(),
                object.id().kind.name(),
                listed(holders)
            );
            finding(object, path, WarningCode::Contradiction, message)
        })
    });
    told.collect()
}

#[cfg(test)]
mod tests;
