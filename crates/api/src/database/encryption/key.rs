//! Keys and salts: secrets that must have a certain form. Nothing that is said against one shows it.

use std::borrow::Cow;

use serde_json::Value;

use crate::invalid::{Code, Invalid, Report};
use crate::node::Node;
#[cfg(feature = "schema")]
use crate::schema::{Pattern, Schema};
use crate::shape::{At, Secret, Shape};

macro_rules! form {
    ($(#[$doc:meta])* $name:ident<$($bound:ident),*>, $lawful:expr, $allowed:expr, $narrow:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name<$(const $bound: usize),*>(Secret);

        impl<$(const $bound: usize),*> $name<$($bound),*> {
            /// Returns the secret, for the one who needs it.
            pub fn reveal(&self) -> &str {
                self.0.reveal()
            }
        }

        impl<$(const $bound: usize),*> Shape for $name<$($bound),*> {
            fn read(node: &Node, at: &At<'_>, report: &mut Report) -> Option<Self> {
                let secret = Secret::read(node, at, report)?;
                let lawful: fn(&str) -> bool = $lawful;
                if !lawful(secret.reveal()) {
                    let (path, code) = (at.to_string(), Code::NotAllowed);
                    let (found, allowed) = ("found another".to_owned(), Self::allowed().into_owned());
                    report.refuse(Invalid { path, code, found, allowed, hint: None });
                    return None;
                }
                Some(Self(secret))
            }

            fn print(&self) -> Value {
                self.0.print()
            }

            fn allowed() -> Cow<'static, str> {
                $allowed.into()
            }

            #[cfg(feature = "schema")]
            fn schema() -> Schema {
                let Schema::Text(any) = Secret::schema() else { return Schema::Free };
                let narrow: fn(Pattern) -> Pattern = $narrow;
                Schema::Text(narrow(any))
            }
        }
    };
}

form! {
    /// A key of `FEWEST` to `MOST` bytes.
    KeyText<FEWEST, MOST>,
    |text| (FEWEST..=MOST).contains(&text.len()),
    format!("a key of {FEWEST} to {MOST} bytes"),
    // A character has up to four bytes.
    |any| Pattern { shortest: FEWEST.div_ceil(4), longest: MOST, ..any }
}
form! {
    /// A key of `DIGITS` hexadecimal digits.
    Hex<DIGITS>,
    |text| text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit()),
    format!("{DIGITS} hexadecimal digits"),
    |any| Pattern { shortest: DIGITS, longest: DIGITS, pattern: Some("^[0-9A-Fa-f]*$"), ..any }
}
form! {
    /// A salt: nothing, or exactly `LENGTH` characters.
    Salt<LENGTH>,
    |text| text.is_empty() || text.chars().count() == LENGTH,
    format!("nothing, or exactly {LENGTH} characters"),
    |any| Pattern { longest: LENGTH, cel: Some(format!("size(self) in [0, {LENGTH}]")), ..any }
}
