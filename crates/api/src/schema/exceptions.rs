//! Where the doors and a CRD disagree, and why: as data, for the test that compares both, and for the docs.
//!
//! What holds for a whole type of value is written here. What depends on a place, a rule too dear where lists are nested
//! in lists, is noted while the CRD is made and comes with it.

/// A demand of a door that a CRD makes otherwise, or not at all.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exception {
    /// The field, as `spec.http[].retries`; `*` where it holds for every field of its type.
    pub path: String,
    /// What the door demands.
    pub demand: String,
    /// Why a CRD differs, and what it does instead.
    pub reason: &'static str,
}

/// Why a rule is left out where it would be applied too often.
pub(super) const TOO_DEAR: &str =
    "beyond the API server's cost budget for rules in nested lists; only the door checks it";
/// Why a rule is left out that looks at what has no type.
pub(super) const UNSEEN: &str = "rules cannot see a value that has no type in a CRD; only the door checks it";
/// Why little is said below another spelling of a large map.
pub(super) const TOO_LARGE: &str =
    "saying it again would make a CRD too large; below the other spelling only the door checks";

/// Rules the API server finds too dear although they stand in no list, in their own words.
pub(super) const DEAR: [&str; 1] = ["no two subsets have the same name"];

/// What every kind has in common.
const EVERYWHERE: [(&str, &str, &str); 11] = [
    ("*", "YAML 1.2, and no key twice", "the API server is sent JSON: how YAML is read is up to who sends it"),
    ("*", "what code checks and no rule says", "what one field demands of another is in the CRD where CEL can say it"),
    ("*", "no unknown field", "the API server drops unknown fields, or warns of them, as the client asks"),
    ("*", "a number with at most six decimals", "a schema knows no decimals; only the door counts them"),
    (
        "*",
        "a number up to 2^63 - 1",
        "bounds are doubles there, and this is none; whole numbers end there all the same",
    ),
    ("*", "the keys of a table have 1 to 256 characters", "a schema says nothing of keys; only the door checks them"),
    (
        "*",
        "two spellings of a field may say the same",
        "two spellings of a map, or in nested lists, are refused together",
    ),
    ("*", "a regular expression is one, in RE2 syntax", "a schema cannot compile it; only the door does"),
    ("*", "a value written in two ways", "a CRD knows no choice between a scalar and a map; it takes anything there"),
    ("*", "a duration that is exact to a nanosecond", "CEL rounds what is finer; the door refuses it"),
    ("metadata", "known fields only", "metadata belongs to the API server"),
];

/// What single kinds have of their own.
const OF_KINDS: [(&str, &str, &str, &str); 1] = [(
    "Sharding",
    "spec.tables{}.tableStrategy",
    "none with nothing behind it is written",
    "the API server drops null before it looks; none: {} says the same",
)];

/// Lists what one kind has of its own, besides what is noted while its CRD is made.
pub(super) fn of_kind(name: &str) -> impl Iterator<Item = Exception> {
    let own = OF_KINDS.into_iter().filter(move |(kind, ..)| *kind == name);
    own.map(|(_, path, demand, reason)| Exception { path: path.to_owned(), demand: demand.to_owned(), reason })
}

/// Lists what holds for every kind.
pub(super) fn everywhere() -> Vec<Exception> {
    let exception = |(path, demand, reason): (&str, &str, &'static str)| Exception {
        path: path.to_owned(),
        demand: demand.to_owned(),
        reason,
    };
    EVERYWHERE.map(exception).to_vec()
}
