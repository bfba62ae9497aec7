//! From pushes to the engine: lists of kinds become one set, the set becomes rules, the rules are applied.
//!
//! Kinds arrive one by one, though one edit may change several. A push says which versions of the other kinds it belongs
//! together with, and is held back until they are there. From a server that does not say, one that leaves a reference
//! dangling which led somewhere before is held back for a moment: most likely the other half of the edit is on its way.

use std::collections::BTreeMap;
use std::sync::Arc;

use opensergo_api::fault_tolerance::{Rules, resolve};
use opensergo_api::{AppSet, Dangling, Kind, Object};
use opensergo_fault_tolerance::{Engine, LeftOut};
use opensergo_wire::Scope;
use opensergo_wire::client::Push;

use crate::interest;

/// The lists that came, and the rules made of them.
#[derive(Debug)]
pub(crate) struct RuleSet {
    engine: Arc<Engine>,
    lists: BTreeMap<Kind, Vec<Object>>,
    /// The versions of the lists that came over a stream.
    versions: BTreeMap<Kind, i64>,
    /// What the pushes that are not yet in force belong together with.
    scopes: Vec<Scope>,
    applied: Rules,
}

impl RuleSet {
    /// Begins empty; the engine admits everything.
    pub(crate) fn new(engine: Arc<Engine>) -> Self {
        let (lists, versions, scopes) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        Self { engine, lists, versions, scopes, applied: Rules::default() }
    }

    /// Takes a push. Says whether everything that came can be applied at once, or should wait for other kinds.
    pub(crate) fn take(&mut self, push: &Push) -> bool {
        self.versions.insert(push.kind, push.version);
        let complete = self.put(push.kind, push.objects.clone());
        if push.scope.is_empty() {
            return complete;
        }
        self.scopes.push(push.scope.clone());
        self.scopes.iter().all(|scope| scope.is_held(|kind| self.version(kind)))
    }

    /// Takes the complete list of a kind. Says whether every reference leads as far as it did before.
    pub(crate) fn put(&mut self, kind: Kind, objects: Vec<Object>) -> bool {
        self.lists.insert(kind, objects);
        let before = &self.applied.dangling;
        self.resolved().dangling.iter().all(|dangling| before.contains(dangling))
    }

    /// Returns the version of a kind that is subscribed to: below all while none came.
    fn version(&self, kind: Kind) -> Option<i64> {
        let version = self.versions.get(&kind).copied();
        version.or_else(|| interest::kinds().any(|other| other == kind).then_some(i64::MIN))
    }

    /// Applies what came to the engine.
    pub(crate) fn apply(&mut self) {
        self.scopes.clear();
        let rules = self.resolved();
        if rules != self.applied {
            self.engine.apply(&rules);
            self.applied = rules;
            for left_out in self.left_out() {
                tracing::warn!(%left_out, "beyond what this engine carries out");
            }
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

    /// Returns what is not enforced because the engine does not carry it out.
    pub(crate) fn left_out(&self) -> Vec<LeftOut> {
        self.engine.left_out()
    }

    /// Follows the references of all that came.
    fn resolved(&self) -> Rules {
        resolve(&self.lists.values().flatten().cloned().collect::<AppSet>())
    }
}

#[cfg(test)]
mod tests {
    use opensergo_api::{Metadata, Namespace, Node, ObjectName};
    use opensergo_fault_tolerance::{Beyond, Decision, Nanos};
    use serde_json::{Value, json};

    use super::*;

    fn object(kind: &str, name: &str, spec: &Value) -> Object {
        let name = ObjectName::try_new(name).expect("a name");
        let metadata = Metadata { namespace: Namespace::default_namespace(), name, app: None };
        Object::read(Kind::find_simple(kind).expect("a kind"), metadata, &Node::from(spec)).expect("lawful")
    }

    /// A strategy that refuses everything.
    fn closed(name: &str) -> Object {
        object("ConcurrencyLimitStrategy", name, &json!({ "maxConcurrency": 0, "limitMode": "Local" }))
    }

    /// The contents of a rule that applies a strategy to the resource `r`.
    fn rule_spec(strategy: &str) -> Value {
        json!({
            "targets": [{ "targetResourceName": "r" }],
            "strategies": [{ "name": strategy, "kind": "ConcurrencyLimitStrategy" }],
        })
    }

    fn rule(strategy: &str) -> Object {
        object("FaultToleranceRule", "rule", &rule_spec(strategy))
    }

    fn refuses(engine: &Engine) -> bool {
        matches!(engine.enter("r", Nanos::new(0)), Decision::Reject(_))
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
    fn pushes_that_belong_together_are_put_into_force_together() {
        let engine = Arc::new(Engine::new());
        let mut rules = RuleSet::new(Arc::clone(&engine));
        let strategies = Kind::find_simple("ConcurrencyLimitStrategy").expect("a kind");
        let rule_kind = Kind::find_simple("FaultToleranceRule").expect("a kind");
        let unknown = Kind::find_simple("Sharding").or(Kind::intern("rules-test.example.com/v1/Lamp", "lamps"));
        let scope = |of_strategies, of_rules| -> Scope {
            let others = unknown.into_iter().map(|kind| (kind, 99));
            [(strategies, of_strategies), (rule_kind, of_rules)].into_iter().chain(others).collect()
        };
        let push = |kind, version, objects, scope| {
            let (repairs, response_id) = (Vec::new(), String::new());
            Push { kind, version, objects, repairs, scope, response_id }
        };
        assert!(!rules.take(&push(strategies, 1, vec![closed("one")], scope(1, 1))), "its rules are on the way");
        assert!(rules.take(&push(rule_kind, 1, vec![rule("one")], scope(1, 1))));
        rules.apply();
        assert!(refuses(&engine));

        // A strategy alone is new: nothing else is waited for, though a reference dangles from now on.
        assert!(rules.take(&push(strategies, 2, vec![], scope(2, 1))));
        rules.apply();
        assert_eq!(rules.dangling().len(), 1);

        // A step changes both; what is newer than the scope asks for is as good.
        assert!(!rules.take(&push(strategies, 3, vec![closed("two")], scope(3, 3))));
        assert!(rules.take(&push(rule_kind, 4, vec![rule("two")], scope(3, 4))));
        rules.apply();
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

    #[test]
    fn a_dry_run_lets_pass_and_says_what_it_would_refuse() {
        let engine = Arc::new(Engine::new());
        let mut rules = RuleSet::new(Arc::clone(&engine));
        let mut spec = rule_spec("closed");
        spec["enforcement"] = "DryRun".into();
        rules.put(Kind::find_simple("ConcurrencyLimitStrategy").expect("a kind"), vec![closed("closed")]);
        let dry = object("FaultToleranceRule", "rule", &spec);
        rules.put(Kind::find_simple("FaultToleranceRule").expect("a kind"), vec![dry]);
        rules.apply();
        let Decision::Admit(permit) = engine.enter("r", Nanos::new(0)) else { panic!("refused") };
        assert_eq!(permit.dry_run().map(|dry| dry.by().strategy.to_string()), Some("closed".to_owned()));
        assert_eq!(rules.left_out(), []);
    }

    #[test]
    fn a_target_that_is_no_name_is_left_out_and_listed() {
        let mut rules = RuleSet::new(Arc::default());
        let mut spec = rule_spec("closed");
        spec["targets"] = json!([{ "targetRef": { "name": "somewhere" } }]);
        rules.put(Kind::find_simple("ConcurrencyLimitStrategy").expect("a kind"), vec![closed("closed")]);
        let rule = object("FaultToleranceRule", "rule", &spec);
        rules.put(Kind::find_simple("FaultToleranceRule").expect("a kind"), vec![rule.clone()]);
        rules.apply();
        let rule = rule.id().name.clone();
        assert_eq!(rules.left_out(), [LeftOut { rule, reason: Beyond::TargetRef }]);
    }
}
