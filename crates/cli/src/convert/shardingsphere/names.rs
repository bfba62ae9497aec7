//! The data sources of one logical database, each under the one name its document calls it by.
//!
//! Objects may be written by alias, by name, or with `_` for `-`; `ShardingSphere` knows one name. The one that is written
//! first holds: that of the sharding, whose expressions cannot be written anew.

use opensergo_api::database::{DatabaseDiscovery, DatabaseEndpoint, ReadWriteSplitting};
use opensergo_api::{AppSet, Object, named};

use super::aside::{Code, Withheld};

/// The kinds that a data source may be of.
pub(super) const DATA_SOURCES: &[&str] = &["DatabaseEndpoint", "ReadWriteSplitting", "DatabaseDiscovery"];
pub(super) const ENDPOINT: &[&str] = &["DatabaseEndpoint"];
pub(super) const DISCOVERY: &[&str] = &["DatabaseDiscovery"];

/// What a name stands for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Source<'set> {
    /// A real database.
    Endpoint(&'set DatabaseEndpoint),
    /// A primary and its replicas.
    Splitting(&'set ReadWriteSplitting),
    /// A group of databases whose primary is found, by its own name.
    Group(&'set DatabaseDiscovery, &'set str),
}

/// One data source: its object, and which of its groups if it has some.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'set> {
    pub(super) object: &'set Object,
    pub(super) source: Source<'set>,
}

/// The data sources, in the order they were first named.
#[derive(Debug)]
pub(super) struct Names<'set> {
    set: &'set AppSet,
    known: Vec<(String, Place<'set>)>,
}

impl<'set> Names<'set> {
    /// Begins without any.
    pub(super) fn new(set: &'set AppSet) -> Self {
        Self { set, known: Vec::new() }
    }

    /// Learns a name as it is written, and all the data sources behind it.
    pub(super) fn learn(&mut self, kinds: &[&str], written: &str) -> Result<(), Withheld> {
        let place = self.find(kinds, written)?;
        if self.name(place).is_some() {
            return Ok(());
        }
        if let Some((_, other)) = self.known.iter().find(|(name, _)| name == written) {
            let reason = format!("{} and {} are both called {written}", other.object.id(), place.object.id());
            return Err(Withheld { code: Code::Name, reason });
        }
        self.known.push((written.to_owned(), place));
        match place.source {
            Source::Endpoint(_) => Ok(()),
            Source::Group(discovery, group) => {
                let members =
                    discovery.groups().get(group).into_iter().flat_map(|group| group.data_source_names.iter());
                members.into_iter().try_for_each(|member| self.learn(ENDPOINT, member))
            }
            Source::Splitting(splitting) => {
                let rule = splitting.rule();
                if let Some(strategy) = &rule.static_strategy {
                    self.learn(ENDPOINT, &strategy.write_data_source_name)?;
                    strategy.read_data_source_names.iter().try_for_each(|read| self.learn(ENDPOINT, read))?;
                }
                let dynamic = rule.dynamic_strategy.iter();
                dynamic
                    .into_iter()
                    .try_for_each(|strategy| self.learn(DISCOVERY, &strategy.auto_aware_data_source_name))
            }
        }
    }

    /// Returns the name that a name is called by; one that was never learned stays as it is.
    pub(super) fn of(&self, kinds: &[&str], written: &str) -> String {
        let found = self.find(kinds, written).ok().and_then(|place| self.name(place));
        found.unwrap_or(written).to_owned()
    }

    /// Returns every data source with its name.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, Place<'set>)> {
        self.known.iter().map(|(name, place)| (name.as_str(), *place))
    }

    fn name(&self, place: Place<'set>) -> Option<&str> {
        self.known.iter().find(|(_, known)| known.is_same(place)).map(|(name, _)| name.as_str())
    }

    /// Finds what a name stands for.
    fn find(&self, kinds: &[&str], written: &str) -> Result<Place<'set>, Withheld> {
        let object = find(self.set, kinds, written)?;
        let endpoint = object.spec_as().map(Source::Endpoint);
        let splitting = || object.spec_as().map(Source::Splitting);
        let group = || {
            let discovery = object.spec_as::<DatabaseDiscovery>()?;
            let group = discovery.groups().keys().find(|group| fold(group) == fold(written))?;
            Some(Source::Group(discovery, group))
        };
        match endpoint.or_else(splitting).or_else(group) {
            Some(source) => Ok(Place { object, source }),
            None => Err(Withheld::of(Code::Reference, object, &format!("it has no group {written}"))),
        }
    }
}

impl Place<'_> {
    fn is_same(&self, other: Self) -> bool {
        let group = |place: &Self| match place.source {
            Source::Group(_, group) => Some(group.to_owned()),
            Source::Endpoint(_) | Source::Splitting(_) => None,
        };
        self.object.id() == other.object.id() && group(self) == group(&other)
    }
}

/// Finds the one object of some kinds that a name leads to: by alias, else by name, else with `_` and `-` the same.
pub(super) fn find<'set>(set: &'set AppSet, kinds: &[&str], written: &str) -> Result<&'set Object, Withheld> {
    match named(set, kinds, written).as_slice() {
        [one] => Ok(one),
        [] => Err(lost(&format!("there is no {} called {written}", kinds.join(" or ")))),
        _ => Err(lost(&format!("several objects of kind {} are called {written}", kinds.join(" or ")))),
    }
}

fn lost(reason: &str) -> Withheld {
    Withheld { code: Code::Reference, reason: reason.to_owned() }
}

/// Folds a name, so that `write_ds` and `write-ds` are the same.
fn fold(name: &str) -> String {
    name.replace('_', "-")
}
