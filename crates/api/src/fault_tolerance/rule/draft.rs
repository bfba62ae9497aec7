//! What a `FaultToleranceRule` may say, and its door.

use super::{ActionReference, FaultToleranceRule, STRATEGY_KINDS, StrategyReference, Target};
use crate::draft::{Draft, Field};
use crate::invalid::Report;
use crate::name::{InvalidName, ObjectName, ResourceName};
use crate::warning::WarningCode;

/// A `FaultToleranceRule` as it came in.
#[derive(Debug, Default)]
pub struct FaultToleranceRuleDraft {
    /// `targets`.
    pub targets: Field<Vec<TargetDraft>>,
    /// `strategies`.
    pub strategies: Field<Vec<StrategyReferenceDraft>>,
    /// `fallbackAction`, or the `action` of the message.
    pub fallback_action: Field<ActionDraft>,
}

/// One target as it came in: exactly one of the two.
#[derive(Debug, Default)]
pub struct TargetDraft {
    /// `targetResourceName`.
    pub resource: Field<String>,
    /// `targetRef`.
    pub reference: Field<ActionDraft>,
}

/// One reference to a strategy as it came in.
#[derive(Debug, Default)]
pub struct StrategyReferenceDraft {
    /// `name`.
    pub name: Field<String>,
    /// `kind`, which the specification leaves out and the CRD demands.
    pub kind: Field<String>,
}

/// A reference by name and, perhaps, kind, as it came in.
#[derive(Debug, Default)]
pub struct ActionDraft {
    /// `name`.
    pub name: Field<String>,
    /// `kind`.
    pub kind: Field<String>,
}

impl Draft for FaultToleranceRuleDraft {
    type Spec = FaultToleranceRule;

    fn check(self, report: &mut Report) -> Option<FaultToleranceRule> {
        let targets = listed(self.targets, "spec.targets", report);
        let strategies = listed(self.strategies, "spec.strategies", report);
        let targets: Vec<_> = (targets.into_iter().enumerate())
            .filter_map(|(i, target)| target.check(&format!("spec.targets[{i}]"), report))
            .collect();
        let strategies: Vec<_> = (strategies.into_iter().enumerate())
            .filter_map(|(i, strategy)| strategy.check(&format!("spec.strategies[{i}]"), report))
            .collect();
        let fallback_action = self.fallback_action.given().and_then(|action| {
            let (name, kind) = action.check("spec.fallbackAction", report)?;
            let message = "no consumer carries out fallback actions yet: a refused call gets the default answer";
            report.warn("spec.fallbackAction", WarningCode::NoEffect, message);
            Some(ActionReference { name, kind })
        });
        report.is_lawful().then_some(FaultToleranceRule { targets, strategies, fallback_action })
    }
}

impl TargetDraft {
    fn check(self, path: &str, report: &mut Report) -> Option<Target> {
        let resource_path = format!("{path}.targetResourceName");
        if self.resource.is_written() && self.reference.is_written() {
            let allowed = "one of targetResourceName, targetRef";
            report.conflict(path, "both targetResourceName and targetRef", allowed);
            return None;
        }
        if self.reference.is_written() {
            let path = format!("{path}.targetRef");
            let (name, kind) = self.reference.given()?.check(&path, report)?;
            report.warn(&path, WarningCode::NoEffect, "no consumer follows targetRef yet: this target limits nothing");
            return Some(Target::Reference { kind, name });
        }
        let name = self.resource.require(&resource_path, &InvalidName::Resource.to_string(), report)?;
        let checked = ResourceName::try_new(&name);
        checked
            .map(Target::Resource)
            .map_err(|reason| report.not_allowed(&resource_path, &name, &reason.to_string()))
            .ok()
    }
}

impl StrategyReferenceDraft {
    fn check(self, path: &str, report: &mut Report) -> Option<StrategyReference> {
        let name = object_name(self.name, &format!("{path}.name"), report);
        let kind_is_written = self.kind.is_written();
        let kind = self.kind.given().and_then(|text| {
            let kind = STRATEGY_KINDS.into_iter().find(|kind| *kind == text);
            if kind.is_none() {
                let allowed = format!("one of {}", STRATEGY_KINDS.join(", "));
                report.not_allowed(&format!("{path}.kind"), text, &allowed);
            }
            kind
        });
        (kind.is_some() || !kind_is_written).then_some(StrategyReference { name: name?, kind })
    }
}

impl ActionDraft {
    fn check(self, path: &str, report: &mut Report) -> Option<(ObjectName, Option<String>)> {
        let name = object_name(self.name, &format!("{path}.name"), report)?;
        Some((name, self.kind.given().filter(|kind| !kind.is_empty())))
    }
}

/// Takes a list that must not be empty.
fn listed<T>(field: Field<Vec<T>>, path: &str, report: &mut Report) -> Vec<T> {
    let list = field.require(path, "a list of at least one", report);
    if list.as_ref().is_some_and(Vec::is_empty) {
        report.not_allowed(path, "[]", "a list of at least one");
    }
    list.unwrap_or_default()
}

fn object_name(field: Field<String>, path: &str, report: &mut Report) -> Option<ObjectName> {
    let name = field.require(path, &InvalidName::Object.to_string(), report)?;
    ObjectName::try_new(&name).map_err(|reason| report.not_allowed(path, &name, &reason.to_string())).ok()
}
