//! `DatabaseDiscovery`: which member of a group of databases is the primary, and which replicas are up.

mod cron;
mod group;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::algorithm::{Algorithm, family};
use super::alias::Alias;
use super::property::{Digits, Nothing};
use super::{Within, refer};
use crate::draft::Draft;
use crate::invalid::Report;
use crate::object::{Spec, fields};
use crate::reference::Reference;
use crate::shape::{At, Shape, Table};
use crate::warning::WarningCode;

pub use cron::Cron;
pub use group::{Group, GroupId, Groups};

family! {
    /// How the primary of a group is found.
    DiscoveryType {
        /// The group replication of `MySQL` with one primary.
        MySqlGroup(MySqlGroup) = "MySQL.MGR",
        /// The replication of `MySQL`: the primary has replicas and is not read-only.
        MySqlReplication(MySqlReplication) = "MySQL.NORMAL_REPLICATION",
        /// The replication of `openGauss`.
        OpenGaussReplication(Nothing) = "openGauss.NORMAL_REPLICATION",
    }
}

/// What the group replication of `MySQL` needs.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[non_exhaustive]
pub struct MySqlGroup {
    /// The name of the group: what `group_replication_group_name` says.
    #[shape(name = "group-name", example = "92504d5b-6dec-11e8-91ea-246e9612aaf1")]
    pub group_name: GroupId,
}

/// What the replication of `MySQL` takes.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[non_exhaustive]
pub struct MySqlReplication {
    /// How far a replica may be behind before it is left out.
    #[shape(name = "delay-milliseconds-threshold", unit = "milliseconds", default = "no limit", example = "5000")]
    pub delay_threshold: Option<Digits<1, { i32::MAX as i64 }>>,
    /// How many replicas are kept, however far behind they are.
    #[shape(name = "min-enabled-replicas", unit = "replicas", default = "0")]
    pub min_enabled_replicas: Option<Digits<0, 1000>>,
}

/// How often the members of a group are looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Shape)]
#[non_exhaustive]
pub struct Heartbeat {
    /// What it needs.
    pub props: Option<HeartbeatProps>,
}

/// What a heartbeat takes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Shape)]
#[non_exhaustive]
pub struct HeartbeatProps {
    /// When the members are looked at, in the six or seven fields of Quartz: seconds first.
    #[shape(name = "keep-alive-cron", default = "0/5 * * * * ?", example = "0/5 * * * * ?")]
    pub keep_alive_cron: Option<Cron>,
}

/// Groups of databases whose primary is found.
///
/// Source: specification §`DatabaseDiscovery`; the meaning is that of `ShardingSphere` 5.2.
#[derive(Debug, Clone, PartialEq, Shape)]
pub struct DatabaseDiscovery {
    /// A second name for the object, as programs write it; annotation `database.opensergo.io/alias` says the same.
    #[shape(default = "metadata.name alone", example = "readwrite_ds", feature = "struct-kinds")]
    alias: Option<Alias>,
    /// The groups, by the name other kinds refer to. `discoveryHeartbeatName` and `discoveryTypeName` stand in a group, or
    /// beside the groups for all that have none.
    data_sources: Groups,
    /// How often members are looked at, by name.
    discovery_heartbeats: Table<Heartbeat, 100>,
    /// How the primary is found, by name.
    discovery_types: Table<Algorithm<DiscoveryType>, 100>,
}

impl DatabaseDiscovery {
    /// Returns the groups, by name: at least one.
    pub fn groups(&self) -> &BTreeMap<String, Group> {
        &self.data_sources
    }

    /// Returns how the primary of a group is found.
    pub fn discovery_type(&self, group: &Group) -> Option<&DiscoveryType> {
        self.discovery_types.get(&*group.discovery_type_name).map(|found| &found.0)
    }

    /// Returns when the members of a group are looked at.
    pub fn heartbeat(&self, group: &Group) -> Cron {
        let written = || self.discovery_heartbeats.get(&**group.discovery_heartbeat_name.as_ref()?)?.props.as_ref();
        written().and_then(|props| props.keep_alive_cron.clone()).unwrap_or_default()
    }

    /// Refuses names that lead nowhere.
    fn check_names(&self, at: &At<'_>, report: &mut Report) {
        for (name, group) in self.groups() {
            let at = at.key(name);
            let types = Within::new("discovery type", self.discovery_types.keys());
            types.require(&group.discovery_type_name, &at.field("discoveryTypeName"), report);
            if let Some(heartbeat) = &group.discovery_heartbeat_name {
                let known = Within::new("heartbeat", self.discovery_heartbeats.keys());
                known.require(heartbeat, &at.field("discoveryHeartbeatName"), report);
            }
        }
    }

    /// Refuses a database that stands twice, in one group or in two.
    fn check_members(&self, at: &At<'_>, report: &mut Report) {
        let mut seen = BTreeMap::new();
        for (name, group) in self.groups() {
            let at = at.key(name);
            let list = at.field("dataSourceNames");
            for (i, member) in group.data_source_names.iter().enumerate() {
                if let Some(other) = seen.insert(&**member, name) {
                    let found = format!("{}, which the group {other} has already", &**member);
                    report.conflict(list.item(i), &found, "each database once");
                }
            }
        }
    }

    fn warn(&self, spec: &At<'_>, report: &mut Report) {
        let (types, heartbeats) = (spec.field("discoveryTypes"), spec.field("discoveryHeartbeats"));
        for (name, discovery) in self.discovery_types.iter() {
            if matches!(discovery.0, DiscoveryType::OpenGaussReplication(_)) {
                let message = "every DatabaseEndpoint speaks the MySQL protocol: no primary is ever found";
                report.warn(types.key(name), WarningCode::Contradiction, message);
            }
            if !self.groups().values().any(|group| *group.discovery_type_name == **name) {
                report.warn(types.key(name), WarningCode::NoEffect, "no group names it");
            }
        }
        for name in self.discovery_heartbeats.keys() {
            let names = |group: &Group| group.discovery_heartbeat_name.as_deref() == Some(name.as_str());
            if !self.groups().values().any(names) {
                report.warn(heartbeats.key(name), WarningCode::NoEffect, "no group names it");
            }
        }
    }
}

impl Draft for DatabaseDiscovery {
    type Spec = Self;

    fn check(self, report: &mut Report) -> Option<Self> {
        let spec = At::root("spec");
        let at = spec.field("dataSources");
        self.check_names(&at, report);
        self.check_members(&at, report);
        self.warn(&spec, report);
        Some(self)
    }
}

impl Spec for DatabaseDiscovery {
    fn print(&self) -> Map<String, Value> {
        fields(self)
    }

    fn references(&self) -> Vec<Reference> {
        let spec = At::root("spec");
        let at = spec.field("dataSources");
        let mut references = Vec::new();
        for (name, group) in self.groups() {
            let at = at.key(name);
            let list = at.field("dataSourceNames");
            let members = group.data_source_names.iter().enumerate();
            references.extend(members.map(|(i, member)| refer(list.item(i), &["DatabaseEndpoint"], member)));
        }
        references
    }

    /// The groups are what others refer to.
    fn aliases(&self) -> Vec<&str> {
        let alias = self.alias.iter().map(Alias::as_str).filter(|alias| !self.groups().contains_key(*alias));
        self.groups().keys().map(String::as_str).chain(alias).collect()
    }
}
