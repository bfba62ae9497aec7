//! Where a value stands: a path that costs nothing until somebody prints it.

use std::fmt;

/// A place in a document, from its root. Printed as `spec.rules[0].match["a.b"]`.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place<'a> {
    /// The root, with the path that leads to it.
    Root(&'a str),
    /// A field of a map.
    Field(&'a Place<'a>, &'a str),
    /// An item of a list.
    Item(&'a Place<'a>, usize),
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root(path) => f.write_str(path),
            Self::Item(place, index) => write!(f, "{place}[{index}]"),
            Self::Field(place, key) => {
                let plain = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
                match (plain, place) {
                    (true, Self::Root("")) => f.write_str(key),
                    (true, place) => write!(f, "{place}.{key}"),
                    (false, place) => write!(f, "{place}[{key:?}]"),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_keys_that_need_it_are_quoted() {
        let root = Place::Root("");
        let spec = Place::Field(&root, "spec");
        let headers = Place::Field(&spec, "headers");
        let places = [Place::Field(&headers, "x.y"), Place::Item(&spec, 3), Place::Field(&headers, "x-y")];
        let printed = places.map(|place| place.to_string());
        assert_eq!(printed, [r#"spec.headers["x.y"]"#, "spec[3]", "spec.headers.x-y"]);
    }
}
