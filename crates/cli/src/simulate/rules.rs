//! The rules of a simulation: files through the door, those of one application or all as one set.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use anyhow::bail;
use opensergo_api::document::Kinds;
use opensergo_api::fault_tolerance::{Rules, resolve};
use opensergo_api::{AppSet, Object};
use opensergo_wire::custom::encoders;

use crate::check::{self, Report};
use crate::colours::Colours;

/// Whose rules are looked at.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct Selection {
    /// Only the rules of this application.
    #[arg(long)]
    pub(super) app: Option<String>,
    /// Only the rules of this namespace.
    #[arg(long)]
    pub(super) namespace: Option<String>,
}

/// Rules in files.
#[derive(Debug)]
pub(super) struct Files<'a> {
    /// Where those to begin with are.
    pub(super) first: &'a Path,
    /// Where the paths of others begin.
    pub(super) base: &'a Path,
    /// Which of them count.
    pub(super) selection: &'a Selection,
    /// How refusals look.
    pub(super) colours: Colours,
}

impl Files<'_> {
    /// Reads the rules of a path, or without one those to begin with.
    ///
    /// # Errors
    /// Those of [`Selection::load`].
    pub(super) fn load(&self, path: Option<&str>, told: &mut impl Write) -> anyhow::Result<Rules> {
        let path = path.map(|path| self.base.join(path));
        self.selection.load(path.as_deref().unwrap_or(self.first), told, self.colours)
    }
}

impl Selection {
    /// Reads rules from a file or a directory, and tells what is wrong or doubtful with them.
    ///
    /// # Errors
    /// There is no such path, a document is refused, or two namespaces use one name.
    pub(super) fn load(&self, path: &Path, told: &mut impl Write, colours: Colours) -> anyhow::Result<Rules> {
        let report = Report::new(Kinds::new(encoders).check_all(check::read(&[path.to_owned()])?));
        if report.refused() > 0 {
            report.refusals(told, colours)?;
            bail!("{}: {} refused, see above", path.display(), report.refused());
        }
        let rules = resolve(&self.select(report.objects())?);
        for dangling in &rules.dangling {
            writeln!(told, "warning: {dangling}")?;
        }
        if rules.rules.is_empty() {
            writeln!(told, "warning: {}: no rule{self}, every call passes", path.display())?;
        }
        Ok(rules)
    }

    /// Picks the objects that are asked for.
    fn select<'a>(&self, objects: impl Iterator<Item = &'a Object>) -> anyhow::Result<AppSet> {
        let mut seen = BTreeMap::new();
        let mut set = AppSet::default();
        for object in objects.filter(|object| self.includes(object)) {
            let id = object.id();
            if let Some(other) = seen.insert((id.kind, id.name.clone()), id.namespace.clone()) {
                let (kind, name, namespace) = (id.kind.name(), &id.name, &id.namespace);
                bail!(
                    "{kind} `{name}` is in namespace `{other}` and in `{namespace}`: say which with --namespace or --app"
                );
            }
            set.insert(object.clone());
        }
        Ok(set)
    }

    fn includes(&self, object: &Object) -> bool {
        let app = self.app.as_deref().is_none_or(|app| object.app().is_some_and(|of| of.as_str() == app));
        app && self.namespace.as_deref().is_none_or(|namespace| object.id().namespace.as_str() == namespace)
    }
}

impl std::fmt::Display for Selection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(app) = &self.app {
            write!(f, " of application `{app}`")?;
        }
        match &self.namespace {
            Some(namespace) => write!(f, " in namespace `{namespace}`"),
            None => Ok(()),
        }
    }
}
