//! One logical database: the objects that govern it, and every data source behind it.

use opensergo_api::database::inline::DataNode;
use opensergo_api::database::virtual_database::Service;
use opensergo_api::database::{DistributedTransaction, Encryption, Shadow, Sharding};
use opensergo_api::{AppSet, Kind, Object, Spec};

use super::aside::{Code, Withheld};
use super::names::{DATA_SOURCES, ENDPOINT, Names, find};

/// A rule and the object it is in.
pub(super) type Of<'set, S> = (&'set Object, &'set S);

/// One logical database.
#[derive(Debug)]
pub(super) struct Logical<'set> {
    pub(super) names: Names<'set>,
    pub(super) sharding: Option<Of<'set, Sharding>>,
    pub(super) encryption: Option<Of<'set, Encryption>>,
    pub(super) shadow: Option<Of<'set, Shadow>>,
    pub(super) transaction: Option<Of<'set, DistributedTransaction>>,
}

impl<'set> Logical<'set> {
    /// Gathers what governs a service. A name that does not lead to exactly one object withholds it: no rule is never
    /// what was meant.
    pub(super) fn gather(set: &'set AppSet, service: &Service) -> Result<Self, Withheld> {
        let mut logical = Self {
            names: Names::new(set),
            sharding: rule(set, "Sharding", service.sharding.as_deref())?,
            encryption: rule(set, "Encryption", service.encryption.as_deref())?,
            shadow: rule(set, "Shadow", service.shadow.as_deref())?,
            transaction: rule(set, "DistributedTransaction", service.distributed_transaction.as_deref())?,
        };
        logical.learn(set, service)?;
        Ok(logical)
    }

    /// Learns every data source: those of sharding first, whose expressions spell them.
    fn learn(&mut self, set: &'set AppSet, service: &Service) -> Result<(), Withheld> {
        let names = &mut self.names;
        if let Some((_, sharding)) = self.sharding {
            sources(sharding).into_iter().try_for_each(|name| spelled(names, name))?;
        }
        let splittings = service.read_write_splittings().iter();
        splittings.into_iter().try_for_each(|name| names.learn(&["ReadWriteSplitting"], name))?;
        service.data_sources.iter().try_for_each(|name| names.learn(DATA_SOURCES, name))?;
        if !service.names_data_sources() {
            names.learn(ENDPOINT, only(set, self.shadow)?)?;
        }
        let pairs = self.shadow.iter().flat_map(|(_, shadow)| shadow.pairs().values());
        for pair in pairs {
            names.learn(DATA_SOURCES, &pair.source_data_source_name)?;
            names.learn(DATA_SOURCES, &pair.shadow_data_source_name)?;
        }
        Ok(())
    }
}

/// Learns a data source as the sharding writes it: once, for its expressions make the name anew.
fn spelled(names: &mut Names<'_>, name: &str) -> Result<(), Withheld> {
    names.learn(DATA_SOURCES, name)?;
    let known = names.of(DATA_SOURCES, name);
    if known == name {
        return Ok(());
    }
    let reason = format!("the sharding calls one data source {known} and {name}: write one name");
    Err(Withheld { code: Code::Name, reason })
}

/// Finds the object of a kind that a service names.
fn rule<'set, S: Spec>(set: &'set AppSet, kind: &str, name: Option<&str>) -> Result<Option<Of<'set, S>>, Withheld> {
    let Some(name) = name else { return Ok(None) };
    let object = find(set, &[kind], name)?;
    Ok(object.spec_as().map(|spec| (object, spec)))
}

/// Lists the data sources of all tables as they are written, each once, in the order of the tables and their nodes.
fn sources(sharding: &Sharding) -> Vec<&str> {
    let mut sources: Vec<&str> = Vec::new();
    let written = sharding.tables().flat_map(|(_, _, nodes)| nodes.iter().map(DataNode::data_source));
    let placed = sharding.auto_tables().flat_map(|(_, _, sources)| sources.iter().map(String::as_str));
    for source in written.chain(placed) {
        if sources.last() != Some(&source) && !sources.contains(&source) {
            sources.push(source);
        }
    }
    sources
}

/// Returns the name of the only endpoint there is, shadows not counted: the one behind a service that names none.
fn only<'set>(set: &'set AppSet, shadow: Option<Of<'set, Shadow>>) -> Result<&'set str, Withheld> {
    let pairs = shadow.into_iter().flat_map(|(_, shadow)| shadow.pairs().values());
    let shadows: Vec<_> =
        pairs.filter_map(|pair| find(set, DATA_SOURCES, &pair.shadow_data_source_name).ok()).map(Object::id).collect();
    let all = Kind::find_simple("DatabaseEndpoint").into_iter().flat_map(|kind| set.of_kind(kind));
    let endpoints: Vec<_> = all.filter(|endpoint| !shadows.contains(&endpoint.id())).collect();
    match endpoints.as_slice() {
        [only] => {
            let sources = shadow.into_iter().flat_map(|(_, shadow)| shadow.pairs().values());
            let mut sources = sources.map(|pair| &*pair.source_data_source_name);
            let named = sources.find(|name| find(set, ENDPOINT, name).is_ok_and(|found| found.id() == only.id()));
            let alias = only.spec().aliases().first().copied();
            Ok(named.or(alias).unwrap_or(only.id().name.as_str()))
        }
        several => {
            let reason = format!("nobody says which of {} endpoints is behind it: write dataSources", several.len());
            Err(Withheld { code: Code::Reference, reason })
        }
    }
}
