//! A kind: interned data, not an enum, so that one may be added by a line in a table, or at run time.
//!
//! To add a kind: one file in its domain, and one row in the `KINDS` of the domain. A kind that is registered at run time
//! is interned: it gets a row of its own that stays for as long as the process does.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, PoisonError, RwLock};

use crate::draft::{Door, Draft, Unchecked, door};
use crate::invalid::Report;
use crate::node::Node;
use crate::object::Spec;
#[cfg(feature = "schema")]
use crate::schema::Schema;
use crate::{database, fault_tolerance, traffic};

/// The most kinds that can be registered in a process: each stays for ever.
const MOST_INTERNED: usize = 1_000;

/// The kinds that were registered.
static INTERNED: RwLock<Vec<&'static Definition>> = RwLock::new(Vec::new());

fn interned(wanted: impl Fn(&Kind) -> bool) -> Option<Kind> {
    let kinds = INTERNED.read().unwrap_or_else(PoisonError::into_inner);
    kinds.iter().copied().map(Kind).find(|kind| wanted(kind))
}

/// A spec domain: what the group of a kind is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Domain {
    /// May this call pass?
    FaultTolerance,
    /// Where does this call go?
    Traffic,
    /// Which database, which SQL?
    Database,
}

impl Domain {
    /// Every domain.
    pub const ALL: [Self; 3] = [Self::FaultTolerance, Self::Traffic, Self::Database];

    /// Returns the API group, as `fault-tolerance.opensergo.io`.
    pub fn group(self) -> &'static str {
        match self {
            Self::FaultTolerance => "fault-tolerance.opensergo.io",
            Self::Traffic => "traffic.opensergo.io",
            Self::Database => "database.opensergo.io",
        }
    }
}

/// What the table says of one kind.
pub(crate) struct Definition {
    domain: Option<Domain>,
    full: &'static str,
    plural: &'static str,
    short: &'static str,
    understood: &'static str,
    columns: &'static [Column],
    door: Door,
    #[cfg(feature = "schema")]
    schema: fn() -> Schema,
}

/// A field shown where objects are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// The heading.
    pub heading: &'static str,
    /// The field, as `.spec.threshold`.
    pub path: &'static str,
    /// What it holds: `string`, `integer`, `number` or `boolean`.
    pub holds: &'static str,
}

impl Column {
    /// Shows a text.
    pub(crate) const fn text(heading: &'static str, path: &'static str) -> Self {
        Self { heading, path, holds: "string" }
    }

    /// Shows a number.
    pub(crate) const fn number(heading: &'static str, path: &'static str) -> Self {
        Self { heading, path, holds: "number" }
    }
}

impl Definition {
    /// Begins a row: where the kind belongs, its full name and its plural in lower case.
    pub(crate) const fn of<D: Draft>(domain: Domain, full: &'static str, plural: &'static str) -> Self {
        Self {
            domain: Some(domain),
            full,
            plural,
            short: "",
            understood: "",
            columns: &[],
            door: door::<D>,
            #[cfg(feature = "schema")]
            schema: D::schema,
        }
    }

    /// Makes the row of a kind whose contents this table does not know.
    const fn unknown(full: &'static str, plural: &'static str) -> Self {
        Self {
            domain: None,
            full,
            plural,
            short: "",
            understood: "clients with its message",
            columns: &[],
            door: door::<Unchecked>,
            #[cfg(feature = "schema")]
            schema: || Schema::Free,
        }
    }

    /// Gives it the short name people type.
    pub(crate) const fn short(self, short: &'static str) -> Self {
        Self { short, ..self }
    }

    /// Says which clients understand it.
    pub(crate) const fn understood(self, understood: &'static str) -> Self {
        Self { understood, ..self }
    }

    /// Says what is shown where objects are listed.
    pub(crate) const fn columns(self, columns: &'static [Column]) -> Self {
        Self { columns, ..self }
    }
}

/// A kind of object, as `fault-tolerance.opensergo.io/v1alpha1/RateLimitStrategy`. A pointer: free to copy and compare.
#[derive(Clone, Copy)]
pub struct Kind(&'static Definition);

impl Kind {
    /// Returns every built-in kind, in push order: strategies before the rules that refer to them.
    pub fn all() -> impl DoubleEndedIterator<Item = Self> + Clone {
        [fault_tolerance::KINDS, traffic::KINDS, database::KINDS].into_iter().flatten().map(Self)
    }

    /// Finds a kind, built-in or registered, by its full name, the string clients subscribe with.
    pub fn find(full: &str) -> Option<Self> {
        Self::all().find(|kind| kind.full() == full).or_else(|| interned(|kind| kind.full() == full))
    }

    /// Finds a built-in kind by its simple name, as `RateLimitStrategy`: these are unique.
    pub fn find_simple(name: &str) -> Option<Self> {
        Self::all().find(|kind| kind.name() == name)
    }

    /// Finds a kind by its [`Kind::token`].
    pub fn find_token(token: &str) -> Option<Self> {
        Self::find_simple(token).or_else(|| interned(|kind| kind.token() == token))
    }

    /// Returns the kind of this full name, made if there is none; `None` when there are too many already.
    ///
    /// What is made stays for as long as the process does, so there is a bound: 1,000.
    pub fn intern(full: &str, plural: &str) -> Option<Self> {
        if let Some(kind) = Self::find(full) {
            return Some(kind);
        }
        let mut kinds = INTERNED.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(kind) = kinds.iter().copied().map(Self).find(|kind| kind.full() == full) {
            return Some(kind);
        }
        if kinds.len() >= MOST_INTERNED {
            return None;
        }
        let leak = |text: &str| -> &'static str { Box::leak(text.into()) };
        let made: &'static Definition = Box::leak(Box::new(Definition::unknown(leak(full), leak(plural))));
        kinds.push(made);
        Some(Self(made))
    }

    /// Returns the domain; `None` for a kind that was registered.
    pub fn domain(self) -> Option<Domain> {
        self.0.domain
    }

    /// Returns a name without slashes: the simple one of a built-in kind, `Kind.version.group` of any other.
    pub fn token(self) -> Cow<'static, str> {
        match (self.0.domain, self.api_version().split_once('/')) {
            (None, Some((group, version))) => format!("{}.{version}.{group}", self.name()).into(),
            _ => self.name().into(),
        }
    }

    /// Returns the API group, as `fault-tolerance.opensergo.io`.
    pub fn group(self) -> &'static str {
        self.full().split_once('/').map_or("", |(group, _)| group)
    }

    /// Returns the version, as `v1alpha1`.
    pub fn version(self) -> &'static str {
        self.api_version().rsplit_once('/').map_or("", |(_, version)| version)
    }

    /// Returns the full name, `<group>/<version>/<Kind>`.
    pub fn full(self) -> &'static str {
        self.0.full
    }

    /// Returns the simple name, as `RateLimitStrategy`.
    pub fn name(self) -> &'static str {
        self.full().rsplit_once('/').map_or("", |(_, name)| name)
    }

    /// Returns `<group>/<version>`, what a manifest calls `apiVersion`.
    pub fn api_version(self) -> &'static str {
        self.full().rsplit_once('/').map_or("", |(api_version, _)| api_version)
    }

    /// Returns the plural in lower case, the resource name of the Kubernetes API.
    pub fn plural(self) -> &'static str {
        self.0.plural
    }

    /// Returns the short name people type, as `rls`.
    pub fn short(self) -> &'static str {
        self.0.short
    }

    /// Returns which clients understand it, in words.
    pub fn understood(self) -> &'static str {
        self.0.understood
    }

    /// Returns what is shown where objects are listed.
    pub fn columns(self) -> &'static [Column] {
        self.0.columns
    }

    /// Reads the contents of an object of this kind, its `spec`, through the one door. For a registered kind any map is
    /// taken: what its definition says of it is known where documents are read, and was checked there.
    pub fn read(self, spec: &Node, report: &mut Report) -> Option<Arc<dyn Spec>> {
        (self.0.door)(spec, report)
    }

    /// Describes what the contents may say.
    #[cfg(feature = "schema")]
    pub fn schema(self) -> Schema {
        (self.0.schema)()
    }
}

impl PartialEq for Kind {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

impl Eq for Kind {}

impl Hash for Kind {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.full().hash(state);
    }
}

impl Ord for Kind {
    /// Orders as the kinds are pushed: by domain, within it as in its table; registered kinds follow, by name.
    fn cmp(&self, other: &Self) -> Ordering {
        let row = |kind: &Self| std::ptr::from_ref(kind.0);
        match (self.0.domain, other.0.domain) {
            (None, None) => self.full().cmp(other.full()),
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            // The rows of a domain are one slice.
            (Some(one), Some(two)) => one.cmp(&two).then_with(|| row(self).cmp(&row(other))),
        }
    }
}

impl PartialOrd for Kind {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.full())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strategies_are_pushed_before_the_rules_that_refer_to_them() {
        let names: Vec<_> = Kind::all().map(Kind::name).collect();
        let place = |name| names.iter().position(|other| *other == name);
        assert!(place("RateLimitStrategy") < place("FaultToleranceRule"));
        assert!(Kind::all().is_sorted());
    }

    #[test]
    fn a_kind_is_found_by_the_name_clients_subscribe_with() {
        for kind in Kind::all() {
            assert_eq!(Kind::find(kind.full()), Some(kind));
            assert_eq!(Kind::find_simple(kind.name()), Some(kind));
            assert_eq!(kind.domain().map(Domain::group), Some(kind.group()));
            assert_eq!((kind.version(), kind.token().as_ref()), ("v1alpha1", kind.name()));
            assert!(!kind.short().is_empty() && !kind.understood().is_empty(), "{kind}");
            assert_eq!(Kind::all().filter(|other| other.short() == kind.short()).count(), 1, "{}", kind.short());
        }
        assert_eq!(Kind::find("RateLimitStrategy"), None);
    }

    #[test]
    fn a_registered_kind_is_one_kind_however_often_it_is_registered() {
        let event = Kind::intern("kind-test.example.com/v1/Event", "events").unwrap();
        assert_eq!(Kind::intern("kind-test.example.com/v1/Event", "events"), Some(event));
        assert_eq!(Kind::find(event.full()), Some(event));
        assert_eq!(
            (Kind::find_simple("Event"), Kind::find_token("Event.v1.kind-test.example.com")),
            (None, Some(event))
        );
        assert!(Kind::all().all(|kind| kind < event && kind != event));
    }
}
