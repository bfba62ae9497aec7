//! What is changed of headers, in the order of the kind: set, add, remove; first one list of changes, then the next.
//!
//! Envoy takes away first, then sets, then adds, so what a later change undoes is not said at all. The host is no header
//! to Envoy but something to rewrite, and its other own headers cannot be changed.

use envoy_types::pb::envoy::config::core::v3::header_value_option::HeaderAppendAction;
use envoy_types::pb::envoy::config::core::v3::{HeaderValue, HeaderValueOption};
use opensergo_api::traffic::router::HeaderOperations;

/// Changes of headers that can be said.
#[derive(Debug, Default)]
pub(super) struct Operations {
    set: Vec<(String, String)>,
    add: Vec<(String, String)>,
    /// Taken away.
    pub(super) remove: Vec<String>,
    /// What the host becomes.
    pub(super) authority: Option<String>,
}

impl Operations {
    /// Joins changes; `None` when one cannot be said.
    pub(super) fn of<const N: usize>(parts: [Option<&HeaderOperations>; N]) -> Option<Self> {
        let mut all = Self::default();
        for part in parts.into_iter().flatten() {
            all.change(part)?;
        }
        Some(all)
    }

    fn change(&mut self, part: &HeaderOperations) -> Option<()> {
        for (name, value) in part.set.iter() {
            if is_host(name) {
                self.authority = Some(value.to_string());
                continue;
            }
            let change = said(name, value)?;
            self.forget(name);
            self.set.push(change);
        }
        for (name, value) in part.add.iter() {
            self.add.push(said(name, value)?);
        }
        for name in part.remove.iter() {
            if !is_changeable(name) {
                return None;
            }
            self.forget(name);
            self.remove.push(name.to_string());
        }
        Some(())
    }

    fn forget(&mut self, name: &str) {
        self.set.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        self.add.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
    }

    /// Returns what is set and added.
    pub(super) fn to_add(&self) -> Vec<HeaderValueOption> {
        let set = self.set.iter().map(|change| option(change, HeaderAppendAction::OverwriteIfExistsOrAdd));
        let add = self.add.iter().map(|change| option(change, HeaderAppendAction::AppendIfExistsOrAdd));
        set.chain(add).collect()
    }
}

fn is_host(name: &str) -> bool {
    name == ":authority" || name.eq_ignore_ascii_case("host")
}

fn is_changeable(name: &str) -> bool {
    !name.starts_with(':') && !is_host(name)
}

/// Takes a value as it is written: to Envoy `%` begins a command, and there are no lines.
fn said(name: &str, value: &str) -> Option<(String, String)> {
    let can = is_changeable(name) && !value.contains(['\r', '\n', '\0']);
    can.then(|| (name.to_owned(), value.replace('%', "%%")))
}

fn option((name, value): &(String, String), action: HeaderAppendAction) -> HeaderValueOption {
    let header = HeaderValue { key: name.clone(), value: value.clone(), raw_value: Vec::new() };
    HeaderValueOption {
        header: Some(header),
        append_action: action.into(),
        keep_empty_value: value.is_empty(),
        ..Default::default()
    }
}
