//! The kinds of `database.opensergo.io/v1alpha1`: which database, which SQL?
//!
//! One file a kind, with a folder where it has parts. The specification names fields and says nothing of what they
//! mean: the meaning is that of `ShardingSphere` 5.2, whose configuration the kinds are. Where its texts contradict each
//! other, every spelling is read and one is printed; `docs/concepts/database.md` has the list.

mod algorithm;
pub mod alias;
pub mod credential;
pub mod discovery;
pub mod distributed_transaction;
pub mod encryption;
pub mod endpoint;
mod findings;
pub mod host;
pub mod inline;
pub mod property;
pub mod read_write_splitting;
pub mod shadow;
pub mod sharding;
pub mod virtual_database;
mod within;

use std::fmt;

use crate::draft::Draft;
use crate::kind::{Column, Definition, Domain};
use crate::reference::Reference;
use crate::shape::Text;

pub use algorithm::{Algorithm, Family};
pub use discovery::DatabaseDiscovery;
pub use distributed_transaction::DistributedTransaction;
pub use encryption::Encryption;
pub use endpoint::{DatabaseEndpoint, DatabaseEndpointDraft};
pub use findings::findings;
pub use read_write_splitting::ReadWriteSplitting;
pub use shadow::Shadow;
pub use sharding::{Sharding, ShardingDraft};
pub use virtual_database::VirtualDatabase;
use within::Within;

/// A name the author chose: of a data source, a table, a column, an algorithm.
pub type Name = Text<1, 253>;

/// The kinds a data source may be: a database, its name the object's; or several behind one name.
pub(crate) const DATA_SOURCES: &[&str] = &["DatabaseEndpoint", "ReadWriteSplitting", "DatabaseDiscovery"];

/// Every kind of the domain, in push order: what is referred to comes before what refers.
pub(crate) static KINDS: &[Definition] = &[
    row::<DatabaseEndpointDraft>("database.opensergo.io/v1alpha1/DatabaseEndpoint", "databaseendpoints")
        .short("dbe")
        .columns(&[Column::text("User", ".spec.database.MySQL.username")]),
    row::<DatabaseDiscovery>("database.opensergo.io/v1alpha1/DatabaseDiscovery", "databasediscoveries").short("dbd"),
    row::<ReadWriteSplitting>("database.opensergo.io/v1alpha1/ReadWriteSplitting", "readwritesplittings")
        .short("rws")
        .columns(&[
            Column::text("Write", ".spec.rules.staticStrategy.writeDataSourceName"),
            Column::text("Group", ".spec.rules.dynamicStrategy.autoAwareDataSourceName"),
        ]),
    row::<ShardingDraft>("database.opensergo.io/v1alpha1/Sharding", "shardings").short("shd"),
    row::<Encryption>("database.opensergo.io/v1alpha1/Encryption", "encryptions").short("enc"),
    row::<Shadow>("database.opensergo.io/v1alpha1/Shadow", "shadows").short("sdw"),
    row::<DistributedTransaction>("database.opensergo.io/v1alpha1/DistributedTransaction", "distributedtransactions")
        .short("dtx")
        .columns(&[
            Column::text("Type", ".spec.transaction.defaultType"),
            Column::text("Provider", ".spec.transaction.providerType"),
        ]),
    row::<VirtualDatabase>("database.opensergo.io/v1alpha1/VirtualDatabase", "virtualdatabases")
        .short("vdb")
        .columns(&[Column::text("Services", ".spec.services[*].name")]),
];

const fn row<D: Draft>(full: &'static str, plural: &'static str) -> Definition {
    Definition::of::<D>(Domain::Database, full, plural).understood("nobody yet")
}

/// Makes a reference to an object of one of some kinds.
pub(crate) fn refer(path: impl fmt::Display, kinds: &[&str], name: &str) -> Reference {
    let kinds = kinds.iter().map(|kind| (*kind).to_owned()).collect();
    Reference { path: path.to_string(), kinds, name: name.to_owned() }
}
