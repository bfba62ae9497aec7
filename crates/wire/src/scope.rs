//! Which pushes of different kinds belong together.
//!
//! An edit may change several kinds, and each kind is pushed for itself. A push made for clients that know the feature
//! `scope-revision` names every kind of the application with the version it had then. Who holds all of them, or newer
//! ones, may put the push into force; who does not waits for the rest: a renamed strategy leaves no gap.

use std::collections::BTreeMap;

use opensergo_api::Kind;

use crate::proto::extension::v1::ScopeMember;

/// The kinds of one application, each at a version.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope(BTreeMap<Kind, i64>);

impl Scope {
    /// Reads the scope of a push. Kinds nobody here knows do not matter: they are subscribed to by nobody here.
    pub fn read(members: &[ScopeMember]) -> Self {
        members.iter().filter_map(|member| Some((Kind::find(&member.kind)?, member.version))).collect()
    }

    /// Prints the scope for a push, in push order.
    pub fn print(&self) -> Vec<ScopeMember> {
        self.0.iter().map(|(kind, version)| ScopeMember { kind: kind.full().to_owned(), version: *version }).collect()
    }

    /// Says whether nothing is named: the sender does not know scopes.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Says whether every kind is held at its version or a newer one. A kind that is not subscribed to is nobody's
    /// business: `held` says `None` for it.
    pub fn is_held(&self, held: impl Fn(Kind) -> Option<i64>) -> bool {
        self.0.iter().all(|(kind, version)| held(*kind).is_none_or(|held| held >= *version))
    }
}

impl FromIterator<(Kind, i64)> for Scope {
    fn from_iter<I: IntoIterator<Item = (Kind, i64)>>(members: I) -> Self {
        Self(members.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_held_when_each_of_its_kinds_is_and_kinds_nobody_subscribed_to_do_not_matter() {
        let [limits, rules] = ["RateLimitStrategy", "FaultToleranceRule"].map(|name| Kind::find_simple(name).unwrap());
        let scope: Scope = [(limits, 3), (rules, 5)].into_iter().collect();
        assert_eq!(Scope::read(&scope.print()), scope);
        let held = |limit, rule| scope.is_held(|kind| if kind == limits { limit } else { rule });
        assert_eq!([held(Some(3), Some(5)), held(Some(9), None), held(Some(2), Some(5))], [true, true, false]);
    }
}
