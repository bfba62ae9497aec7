//! Finds a kind by whatever people call it: its name in any case, its plural, its short name, its full name.

use crate::kind::Kind;

/// How alike an unknown name and a known one must be to be called a slip of the pen.
const ALIKE: f64 = 0.8;

/// Why nothing was found. One sentence to the one who asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown {what} `{found}`{}; there are: {known}", in_question(hint.as_deref()))]
pub struct Unknown {
    /// What was looked for: a kind, or a field of something.
    pub what: String,
    /// The name nobody has.
    pub found: String,
    /// The names that are there.
    pub known: String,
    /// The name that was probably meant.
    pub hint: Option<String>,
}

impl Unknown {
    /// Says what is there instead, and which of it was probably meant.
    pub(crate) fn new<'a>(what: String, found: &str, known: impl Iterator<Item = &'a str> + Clone) -> Self {
        let wanted = found.to_ascii_lowercase();
        let likeness = |name: &str| strsim::jaro_winkler(&name.to_ascii_lowercase(), &wanted);
        let best = known.clone().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
        Self {
            what,
            found: found.to_owned(),
            hint: best.filter(|name| likeness(name) >= ALIKE).map(str::to_owned),
            known: Some(known.collect::<Vec<_>>().join(", "))
                .filter(|known| !known.is_empty())
                .unwrap_or("none".to_owned()),
        }
    }
}

fn in_question(hint: Option<&str>) -> String {
    hint.map(|name| format!(", did you mean `{name}`?")).unwrap_or_default()
}

/// Finds a kind, as `RateLimitStrategy`, `ratelimitstrategy`, `ratelimitstrategies`, `rls`, or by its full name.
///
/// # Errors
/// No kind is called that.
pub fn find(name: &str) -> Result<Kind, Unknown> {
    // In this order: one kind is called what another is in the plural.
    let is_named = |kind: &Kind| [kind.name(), kind.full()].contains(&name);
    let is_called = |kind: &Kind| [kind.plural(), kind.short()].iter().any(|known| known.eq_ignore_ascii_case(name));
    let is_like = |kind: &Kind| [kind.name(), kind.full()].iter().any(|known| known.eq_ignore_ascii_case(name));
    let found =
        Kind::all().find(is_named).or_else(|| Kind::all().find(is_called)).or_else(|| Kind::all().find(is_like));
    found.ok_or_else(|| Unknown::new("kind".to_owned(), name, Kind::all().map(Kind::name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_found_by_whatever_people_call_it() {
        let kind = Kind::find_simple("RateLimitStrategy").unwrap();
        let full = "fault-tolerance.opensergo.io/v1alpha1/RateLimitStrategy";
        for name in ["RateLimitStrategy", "ratelimitstrategy", "RATELIMITSTRATEGIES", "rls", full] {
            assert_eq!(find(name), Ok(kind), "{name}");
        }
    }

    #[test]
    fn a_kind_by_its_very_name_goes_before_another_in_the_plural() {
        let names = ["VirtualWorkloads", "virtualworkloads"].map(|name| find(name).map(Kind::name));
        assert_eq!(names, [Ok("VirtualWorkloads"), Ok("VirtualWorkload")]);
    }

    #[test]
    fn a_slip_of_the_pen_is_guessed() {
        let unknown = find("ratelimitstrategie").unwrap_err();
        assert_eq!(unknown.hint.as_deref(), Some("RateLimitStrategy"));
        let said =
            "unknown kind `ratelimitstrategie`, did you mean `RateLimitStrategy`?; there are: RateLimitStrategy, ";
        assert!(unknown.to_string().starts_with(said), "{unknown}");
        assert_eq!(find("zebra").unwrap_err().hint, None);
    }
}
