//! From pushes to the engine: lists of kinds become one set, the set becomes rules, the rules are applied.
//!
//! Kinds arrive one by one, though one edit may change several. A push that leaves a reference dangling which led
//! somewhere before is held back for a moment: most likely the other half of the edit is on its way.

use std::collections::BTreeMap;
use std::sync::Arc;

use opensergo_api::fault_tolerance::{Dangling, Rules, resolve};
use opensergo_api::{AppSet, Kind, Object};
use opensergo_fault_tolerance::Engine;

/// The lists that came, and the rules made of them.
#[derive(Debug)]
pub(crate) struct RuleSet {
    engine: Arc<Engine>,
    lists: BTreeMap<Kind, Vec<Object>>,
    applied: Rules,
}

impl RuleSet {
    /// Begins empty; the engine admits everything.
    pub(crate) fn new(engine: Arc<Engine>) -> Self {
        Self { engine, lists: BTreeMap::new(), applied: Rules::default() }
    }

    /// Takes the complete list of a kind. Says whether it can be applied at once, or should wait for other kinds.
    pub(crate) fn put(&mut self, kind: Kind, objects: Vec<Object>) -> bool {
        self.lists.insert(kind, objects);
        let before = &self.applied.dangling;
        self.resolved().dangling.iter().all(|dangling| before.contains(dangling))
    }

    /// Applies what came to the engine.
    pub(crate) fn apply(&mut self) {
        let rules = self.resolved();
        if rules != self.applied {
            self.engine.apply(&rules);
            self.applied = rules;
        }
    }

    /// Says whether the list of every one of these kinds has come.
    pub(crate) fn has_all(&self, kinds: impl IntoIterator<Item = Kind>) -> bool {
        kinds.into_iter().all(|kind| self.lists.contains_key(&kind))
    }

    /// Returns the references that lead nowhere.
    pub(crate) fn dangling(&self) -> &[Dangling] {
        &self.applied.dangling
    }

    fn resolved(&self) -> Rules {
        resolve(&self.lists.values().flatten().cloned().collect::<AppSet>())
    }
}

#[cfg(test)]
mod tests {
    use opensergo_api::fault_tolerance::rule::{StrategyReferenceDraft, TargetDraft};
    use opensergo_api::fault_tolerance::{ConcurrencyLimitDraft, FaultToleranceRuleDraft};
    use opensergo_api::{Draft, Field, Metadata, Namespace, Number, ObjectName, Report};
    use opensergo_fault_tolerance::Decision;

    use super::*;

    fn object<D: Draft>(kind: &str, name: &str, draft: D) -> Object {
        let spec = draft.check(&mut Report::default()).expect("lawful");
        let name = ObjectName::try_new(name).expect("a name");
        let metadata = Metadata { namespace: Namespace::default_namespace(), name, app: None };
        Object::new(Kind::find_simple(kind).expect("a kind"), metadata, Arc::new(spec))
    }

    /// A strategy that refuses everything.
    fn closed(name: &str) -> Object {
        let (max_concurrency, limit_mode) = (Field::Given(Number::Whole(0)), Field::Given("Local".to_owned()));
        object("ConcurrencyLimitStrategy", name, ConcurrencyLimitDraft { max_concurrency, limit_mode })
    }

    /// A rule that applies a strategy to the resource `r`.
    fn rule(strategy: &str) -> Object {
        let target = TargetDraft { resource: Field::Given("r".to_owned()), ..TargetDraft::default() };
        let kind = Field::Given("ConcurrencyLimitStrategy".to_owned());
        let strategy = StrategyReferenceDraft { name: Field::Given(strategy.to_owned()), kind };
        let (targets, strategies) = (Field::Given(vec![target]), Field::Given(vec![strategy]));
        let draft = FaultToleranceRuleDraft { targets, strategies, ..FaultToleranceRuleDraft::default() };
        object("FaultToleranceRule", "rule", draft)
    }

    fn refuses(engine: &Engine) -> bool {
        matches!(engine.enter("r", opensergo_fault_tolerance::Nanos::new(0)), Decision::Reject(_))
    }

    #[test]
    fn half_an_edit_waits_for_the_other_half_and_protection_never_lapses() {
        let engine = Arc::new(Engine::new());
        let mut rules = RuleSet::new(Arc::clone(&engine));
        let strategies = Kind::find_simple("ConcurrencyLimitStrategy").expect("a kind");
        let rule_kind = Kind::find_simple("FaultToleranceRule").expect("a kind");
        assert!(rules.put(strategies, vec![closed("old")]));
        assert!(rules.put(rule_kind, vec![rule("old")]));
        rules.apply();
        assert!(refuses(&engine));

        // One save renames the strategy and the reference to it; the strategies come first.
        assert!(!rules.put(strategies, vec![closed("new")]), "the rule refers to what is no longer there");
        assert!(refuses(&engine));
        assert!(rules.put(rule_kind, vec![rule("new")]));
        rules.apply();
        assert!(refuses(&engine));
        assert_eq!(rules.dangling(), []);
    }

    #[test]
    fn what_was_dangling_before_holds_nothing_back() {
        let mut rules = RuleSet::new(Arc::default());
        let rule_kind = Kind::find_simple("FaultToleranceRule").expect("a kind");
        assert!(!rules.put(rule_kind, vec![rule("nowhere")]), "its strategy may be on the way");
        rules.apply();
        assert_eq!(rules.dangling().len(), 1);
        let strategies = Kind::find_simple("ConcurrencyLimitStrategy").expect("a kind");
        assert!(rules.put(strategies, vec![closed("another")]));
    }
}
