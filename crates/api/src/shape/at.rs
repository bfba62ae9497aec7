//! Where in a document something stands, as `spec.http[0].match[0].headers["x.y"]`. Costs nothing until it is printed.

use std::fmt;

/// A place: a step below another place.
#[derive(Debug, Clone, Copy)]
pub struct At<'a> {
    parent: Option<&'a At<'a>>,
    step: Step<'a>,
}

#[derive(Debug, Clone, Copy)]
enum Step<'a> {
    Field(&'a str),
    Key(&'a str),
    Item(usize),
}

impl<'a> At<'a> {
    /// Begins at a field of the document.
    pub fn root(name: &'a str) -> Self {
        Self { parent: None, step: Step::Field(name) }
    }

    /// Goes to a field of a map.
    #[must_use]
    pub fn field(&'a self, name: &'a str) -> Self {
        Self { parent: Some(self), step: Step::Field(name) }
    }

    /// Goes to an entry of a table, whose keys are anybody's.
    #[must_use]
    pub fn key(&'a self, key: &'a str) -> Self {
        Self { parent: Some(self), step: Step::Key(key) }
    }

    /// Goes to an item of a list.
    #[must_use]
    pub fn item(&'a self, index: usize) -> Self {
        Self { parent: Some(self), step: Step::Item(index) }
    }
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
        }
        let is_root = self.parent.is_none_or(At::is_top);
        match self.step {
            Step::Item(index) => write!(f, "[{index}]"),
            Step::Field(name) if is_root => f.write_str(name),
            Step::Field(name) => write!(f, ".{name}"),
            Step::Key(key) if is_word(key) => write!(f, ".{key}"),
            Step::Key(key) => write!(f, "[\"{key}\"]"),
        }
    }
}

impl At<'_> {
    /// The document as a whole has no name.
    fn is_top(&self) -> bool {
        self.parent.is_none() && matches!(self.step, Step::Field(""))
    }
}

/// Says whether a key needs no quotes.
fn is_word(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_are_no_words_stand_in_quotes() {
        let spec = At::root("spec");
        let (http, top) = (spec.field("http"), At::root(""));
        let first = http.item(0);
        let headers = first.field("headers");
        let shown = [first.to_string(), headers.key("x-tag").to_string(), headers.key("x.y").to_string()];
        assert_eq!(shown, ["spec.http[0]", "spec.http[0].headers.x-tag", "spec.http[0].headers[\"x.y\"]"]);
        assert_eq!(top.field("kind").to_string(), "kind");
    }
}
