//! `VirtualDatabase`: the databases an application sees, and what governs each.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::alias::Alias;
use super::credential::{Credential, SecretKey, SecretSource};
use super::host::Host;
use super::{DATA_SOURCES, Name, refer};
use crate::draft::Draft;
use crate::invalid::Report;
use crate::object::{Spec, fields};
use crate::reference::Reference;
use crate::shape::{At, Either, List, Secret, Shape, Text, Whole};

/// The databases an application sees.
///
/// Source: specification §`VirtualDatabase`.
#[derive(Debug, Clone, PartialEq, Shape)]
#[shape(
    cel = "self.services.all(one, self.services.exists_one(other, one.name == other.name))",
    says = "each name once"
)]
pub struct VirtualDatabase {
    /// A second name for the object, as programs write it; annotation `database.opensergo.io/alias` says the same.
    #[shape(default = "metadata.name alone", example = "sharding_db", feature = "struct-kinds")]
    alias: Option<Alias>,
    /// One logical database each.
    services: List<Service, 1, 100>,
}

/// One logical database: what the application connects to, and the objects that govern it.
#[derive(Debug, Clone, PartialEq, Shape)]
#[non_exhaustive]
pub struct Service {
    /// The name of the service.
    #[shape(example = "sharding_db")]
    pub name: Name,
    /// What the application connects to, by the `MySQL` protocol.
    #[shape(name = "databaseMySQL", alias = "databaseMysql")]
    pub database_mysql: Login,
    /// The read/write splitting that holds: one name, or several for shards that each have replicas.
    #[shape(default = "none", example = "readwrite")]
    pub read_write_splitting: Option<Either<Name, List<Name, 1, 100>>>,
    /// The sharding that holds.
    #[shape(default = "none", example = "sharding_db")]
    pub sharding: Option<Name>,
    /// The encryption that holds.
    #[shape(default = "none", example = "encrypt-db")]
    pub encryption: Option<Name>,
    /// The shadow databases that hold.
    #[shape(default = "none", example = "shadow-db")]
    pub shadow: Option<Name>,
    /// The kind of transaction over several databases.
    #[shape(default = "local", example = "sharding_db_txn")]
    pub distributed_transaction: Option<Name>,
    /// The data sources behind the service, where nothing above names them.
    #[shape(default = "those of sharding or readWriteSplitting, else the only endpoint", feature = "struct-kinds")]
    pub data_sources: List<Name, 0, 1000>,
}

/// What an application connects to: an address and who it says it is. Not the login of a real database.
#[derive(Debug, Clone, PartialEq, Shape)]
#[shape(exactly_one(password, password_from, password_secret_ref))]
#[non_exhaustive]
pub struct Login {
    /// The logical schema the application uses.
    #[shape(example = "sharding_db")]
    pub db: Text<1, 64>,
    /// The address the application connects to.
    #[shape(example = "localhost")]
    pub host: Host,
    /// The port the application connects to.
    #[shape(example = "3306")]
    pub port: Whole<1, 65535>,
    /// The user the application says it is.
    #[shape(alias = "username", example = "root")]
    pub user: Name,
    /// The password of that user, in plain.
    password: Option<Secret>,
    /// Where the password of that user is found.
    #[shape(feature = "struct-kinds")]
    password_from: Option<SecretSource>,
    /// The key of a Kubernetes `Secret` the password is; `passwordFrom.secretRef` says the same.
    #[shape(feature = "struct-kinds")]
    password_secret_ref: Option<SecretKey>,
}

impl VirtualDatabase {
    /// Returns the logical databases: at least one.
    pub fn services(&self) -> &[Service] {
        &self.services
    }
}

impl Login {
    /// Returns the password of the user.
    pub fn password(&self) -> Option<Credential> {
        Credential::join(self.password.clone(), self.password_from.clone(), self.password_secret_ref.clone())
    }

    fn canonical(self) -> Self {
        let password_from = SecretSource::join(self.password_from, self.password_secret_ref);
        Self { password_from, password_secret_ref: None, ..self }
    }
}

impl Service {
    /// Returns the names of the read/write splittings that hold.
    pub fn read_write_splittings(&self) -> &[Name] {
        match &self.read_write_splitting {
            None => &[],
            Some(Either::Short(name)) => std::slice::from_ref(name),
            Some(Either::Long(names)) => names,
        }
    }

    /// Says whether anything names the data sources behind the service.
    pub fn names_data_sources(&self) -> bool {
        self.sharding.is_some() || self.read_write_splitting.is_some() || !self.data_sources.is_empty()
    }

    /// A list of one name is that name.
    fn canonical(self) -> Self {
        let read_write_splitting = self.read_write_splitting.map(|names| match names {
            Either::Long(names) if names.len() == 1 => Either::Short(names[0].clone()),
            names => names,
        });
        Self { read_write_splitting, database_mysql: self.database_mysql.canonical(), ..self }
    }

    fn references(&self, at: &At<'_>) -> Vec<Reference> {
        let several = matches!(self.read_write_splitting, Some(Either::Long(_)));
        let list = at.field("readWriteSplitting");
        let mut references: Vec<_> = (self.read_write_splittings().iter().enumerate())
            .map(|(i, name)| {
                if several {
                    refer(list.item(i), &["ReadWriteSplitting"], name)
                } else {
                    refer(list, &["ReadWriteSplitting"], name)
                }
            })
            .collect();
        let single = [
            ("sharding", "Sharding", &self.sharding),
            ("encryption", "Encryption", &self.encryption),
            ("shadow", "Shadow", &self.shadow),
            ("distributedTransaction", "DistributedTransaction", &self.distributed_transaction),
        ];
        for (field, kind, name) in single {
            references.extend(name.iter().map(|name| refer(at.field(field), &[kind], name)));
        }
        let sources = at.field("dataSources");
        references
            .extend(self.data_sources.iter().enumerate().map(|(i, name)| refer(sources.item(i), DATA_SOURCES, name)));
        references
    }
}

impl Draft for VirtualDatabase {
    type Spec = Self;

    fn check(self, report: &mut Report) -> Option<Self> {
        let spec = At::root("spec");
        let at = spec.field("services");
        let (mut names, mut places) = (BTreeSet::new(), BTreeSet::new());
        for (i, service) in self.services.iter().enumerate() {
            let Login { host, port, db, .. } = &service.database_mysql;
            if !names.insert(&*service.name) {
                report.conflict(at.item(i).field("name"), "a name a service before it has", "each name once");
            }
            if !places.insert((host.as_str(), port.get(), &**db)) {
                report.conflict(
                    at.item(i).field("databaseMySQL"),
                    "the address and schema of a service before it",
                    "each schema of an address once",
                );
            }
        }
        let services = List::try_new(self.services.into_iter().map(Service::canonical).collect())?;
        Some(Self { alias: self.alias, services })
    }
}

impl Spec for VirtualDatabase {
    fn print(&self) -> Map<String, Value> {
        fields(self)
    }

    fn references(&self) -> Vec<Reference> {
        let spec = At::root("spec");
        let at = spec.field("services");
        self.services.iter().enumerate().flat_map(|(i, service)| service.references(&at.item(i))).collect()
    }

    fn aliases(&self) -> Vec<&str> {
        self.alias.iter().map(Alias::as_str).collect()
    }
}
