//! Objects together: sets of an application, references followed, objects compared.
#![cfg(feature = "yaml")]

use std::sync::Arc;

use opensergo_api::document::{check_all, read};
use opensergo_api::fault_tolerance::{
    Enforcement, FaultToleranceRule, HttpRequestFallbackAction, ResourceMatch, Rule, Rules, StrategySpec, Target,
    resolve,
};
use opensergo_api::{AppKey, AppSet, Dangling, Kind, Object, ObjectName, ResourceName, dangling};

fn object(kind: &str, name: &str, spec: &str) -> Object {
    let text = format!(
        "{{apiVersion: fault-tolerance.opensergo.io/v1alpha1, kind: {kind}, \
         metadata: {{name: {name}, labels: {{app: foo-app}}}}, spec: {spec}}}"
    );
    let verdict = check_all(read("test", &text)).remove(0);
    verdict.object.unwrap_or_else(|| panic!("{:?}", verdict.invalids))
}

fn throttling(name: &str, interval: &str) -> Object {
    object("ThrottlingStrategy", name, &format!("{{minIntervalOfRequests: {interval}, queueTimeout: 1s}}"))
}

fn concurrency(name: &str) -> Object {
    object("ConcurrencyLimitStrategy", name, "{maxConcurrency: 8, limitMode: Local}")
}

fn rule(name: &str, strategies: &str) -> Object {
    object("FaultToleranceRule", name, &format!("{{targets: [{{targetResourceName: a}}], strategies: {strategies}}}"))
}

fn set(objects: &[Object]) -> AppSet {
    objects.iter().cloned().collect()
}

/// What each rule applies, as `rule: kind name, …`, then every dangling reference in words.
fn told(rules: &Rules) -> Vec<String> {
    let applied = rules.rules.iter().map(|rule| {
        let strategies = rule.strategies.iter().map(|strategy| format!("{} {}", strategy.spec.kind(), strategy.name));
        format!("{}: {}", rule.name, strategies.collect::<Vec<_>>().join(", "))
    });
    applied.chain(rules.dangling.iter().map(ToString::to_string)).collect()
}

#[test]
fn a_strategy_without_a_kind_is_found_by_its_name() {
    let rules = resolve(&set(&[rule("r", "[{name: foo}]"), throttling("foo", "20ms"), concurrency("bar")]));
    assert_eq!(told(&rules), ["r: ThrottlingStrategy foo"]);
}

#[test]
fn a_name_of_two_kinds_needs_its_kind() {
    let objects = [rule("r", "[{name: foo}]"), throttling("foo", "20ms"), concurrency("foo")];
    let ambiguous = "FaultToleranceRule default/r refers to `foo`, which is a ThrottlingStrategy and a \
                     ConcurrencyLimitStrategy: write its kind";
    assert_eq!(told(&resolve(&set(&objects))), [ambiguous]);
    let [_, throttling, concurrency] = objects;
    let told_apart = rule("r", "[{name: foo, kind: ConcurrencyLimitStrategy}]");
    assert_eq!(told(&resolve(&set(&[told_apart, throttling, concurrency]))), ["r: ConcurrencyLimitStrategy foo"]);
}

#[test]
fn a_rule_keeps_the_strategies_that_are_there_and_is_left_out_without_any() {
    let half = rule("half", "[{name: foo, kind: ThrottlingStrategy}, {name: bar, kind: RateLimitStrategy}]");
    let none = rule("none", "[{name: baz}]");
    let expected = [
        "half: ThrottlingStrategy foo",
        "FaultToleranceRule default/half refers to RateLimitStrategy `bar`, which is not there",
        "FaultToleranceRule default/none refers to a strategy `baz`, which is not there",
    ];
    assert_eq!(told(&resolve(&set(&[half, none, throttling("foo", "20ms")]))), expected);
}

/// A rule with one strategy, `foo`, and something more.
fn foo(name: &str, targets: &str, more: &str) -> Object {
    let spec = format!("{{targets: {targets}, strategies: [{{name: foo, kind: ThrottlingStrategy}}]{more}}}");
    object("FaultToleranceRule", name, &spec)
}

fn action(name: &str) -> Object {
    let spec = "{behavior: ReturnProvidedResponse, behaviorDesc: {responseStatusCode: 429}}";
    object("HttpRequestFallbackAction", name, spec)
}

#[test]
fn a_rule_has_its_targets_sorted_to_their_like() {
    let targets = "[{match: {glob: 'a*'}}, {targetResourceName: b}, {http: {method: GET}}, {targetRef: {name: db}}, \
                   {grpc: {service: s}}, {match: {prefix: c}}, {targetResourceName: a}]";
    let object = foo("r", targets, ", enforcement: DryRun");
    let rule = resolve(&set(&[object.clone(), throttling("foo", "20ms")])).rules.remove(0);
    let resource = |text| ResourceName::try_new(text).unwrap();
    let all = object.spec_as::<FaultToleranceRule>().unwrap().targets();
    let expected = Rule {
        patterns: vec![ResourceMatch::Glob(resource("a*")), ResourceMatch::Prefix(resource("c"))],
        beyond: [&all[2], &all[3], &all[4]].map(Target::clone).to_vec(),
        enforcement: Enforcement::DryRun,
        ..Rule::new(rule.name.clone(), vec![resource("b"), resource("a")], rule.strategies.clone())
    };
    assert_eq!(rule, expected);
}

#[test]
fn a_protection_against_overload_is_a_strategy_as_any_other() {
    let spec = "{metricType: CpuPercentage, triggerThreshold: 70%, adaptiveStrategy: BBR}";
    let protection = object("AdaptiveOverloadProtectionStrategy", "foo", spec);
    let rules = resolve(&set(&[rule("r", "[{name: foo}]"), protection.clone()]));
    assert_eq!(told(&rules), ["r: AdaptiveOverloadProtectionStrategy foo"]);
    let StrategySpec::OverloadProtection(found) = &rules.rules[0].strategies[0].spec else { panic!("another kind") };
    assert_eq!(protection.spec_as(), Some(&**found));
}

#[test]
fn a_fallback_action_is_found_by_its_name() {
    for more in [", fallbackAction: fb", ", fallbackAction: {name: fb, kind: HttpRequestFallbackAction}"] {
        let rules =
            resolve(&set(&[foo("r", "[{targetResourceName: a}]", more), throttling("foo", "20ms"), action("fb")]));
        let fallback = action("fb").spec_as::<HttpRequestFallbackAction>().cloned().map(Arc::new);
        assert_eq!((&rules.rules[0].fallback, rules.dangling.as_slice()), (&fallback, [].as_slice()));
    }
}

#[test]
fn a_fallback_action_that_is_not_there_is_told_once_and_the_rule_holds_without() {
    let objects = set(&[foo("r", "[{targetResourceName: a}]", ", fallbackAction: fb"), throttling("foo", "20ms")]);
    let rules = resolve(&objects);
    assert_eq!((rules.rules.len(), &rules.rules[0].fallback), (1, &None));
    let words = "FaultToleranceRule default/r refers to HttpRequestFallbackAction `fb`, which is not there";
    assert_eq!(rules.dangling.iter().map(ToString::to_string).collect::<Vec<_>>(), [words]);
    assert_eq!(rules.dangling, dangling(&objects));
}

#[test]
fn a_strategy_is_no_fallback_action() {
    let more = ", fallbackAction: {name: foo, kind: ThrottlingStrategy}";
    let rules = resolve(&set(&[foo("r", "[{targetResourceName: a}]", more), throttling("foo", "20ms")]));
    assert_eq!((rules.rules.len(), &rules.rules[0].fallback), (1, &None));
    let words = "FaultToleranceRule default/r refers to `foo`, which is a ThrottlingStrategy, not a \
                 HttpRequestFallbackAction";
    assert_eq!(rules.dangling.iter().map(Dangling::to_string).collect::<Vec<_>>(), [words]);
}

#[test]
fn no_objects_are_no_rules() {
    assert_eq!(resolve(&AppSet::default()), Rules::default());
}

#[test]
fn a_rule_may_lose_strategies_and_not_the_last_one() {
    let rule = rule("r", "[{name: foo}, {name: bar}]");
    let spec = rule.spec_as::<FaultToleranceRule>().unwrap();
    let kept = spec.with_strategies(spec.strategies()[1..].to_vec()).unwrap();
    assert_eq!((kept.targets(), kept.strategies()), (spec.targets(), &spec.strategies()[1..]));
    assert_eq!(spec.with_strategies(Vec::new()), None);
}

#[test]
fn a_set_holds_an_object_once_and_in_push_order() {
    let mut objects =
        set(&[rule("r", "[{name: b}]"), concurrency("b"), throttling("b", "20ms"), throttling("a", "20ms")]);
    objects.insert(throttling("a", "40ms"));
    let ids: Vec<_> = objects.iter().map(|object| object.id().to_string()).collect();
    let expected = [
        "ThrottlingStrategy default/a",
        "ThrottlingStrategy default/b",
        "ConcurrencyLimitStrategy default/b",
        "FaultToleranceRule default/r",
    ];
    assert_eq!(ids, expected);
    let kind = Kind::find_simple("ThrottlingStrategy").unwrap();
    let name = ObjectName::try_new("a").unwrap();
    assert_eq!(objects.get(kind, &name), Some(&throttling("a", "40ms")));
    assert_eq!(objects.of_kind(kind).collect::<Vec<_>>(), [&throttling("a", "40ms"), &throttling("b", "20ms")]);
}

#[test]
fn only_a_set_without_objects_is_empty() {
    assert!(AppSet::default().is_empty());
    assert!(!set(&[throttling("a", "20ms")]).is_empty());
}

#[test]
fn objects_are_equal_when_they_say_the_same() {
    assert_eq!(throttling("a", "60s"), throttling("a", "1minute"));
    assert_ne!(throttling("a", "60s"), throttling("a", "61s"));
    assert_ne!(throttling("a", "60s"), throttling("b", "60s"));
}

#[test]
fn an_object_belongs_to_the_application_of_its_namespace() {
    let expected = AppKey { namespace: "default".to_owned(), app: "foo-app".to_owned() };
    assert_eq!(AppKey::of(&throttling("a", "1s")), Some(expected));
}
