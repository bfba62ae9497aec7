//! What stands in `#[shape(..)]` and in doc comments.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::meta::ParseNestedMeta;
use syn::{Attribute, Expr, ExprLit, ExprPath, Lit, LitStr, Meta, Token, parenthesized};

/// A group of fields of which so many must be written.
pub(crate) struct Group {
    /// `at_most_one`, `at_least_one` or `exactly_one`.
    pub(crate) rule: Ident,
    /// The Rust names of the fields.
    pub(crate) members: Vec<Ident>,
}

/// A rule of the author's own, in Rust and in CEL.
#[derive(Default)]
pub(crate) struct Check {
    /// A function of the value.
    pub(crate) function: Option<ExprPath>,
    /// The same in CEL.
    pub(crate) cel: Option<LitStr>,
    /// The same in words.
    pub(crate) says: Option<LitStr>,
}

/// What is said of a struct or an enum.
#[derive(Default)]
pub(crate) struct TypeAttributes {
    /// Every field is also taken in its `snake_case` spelling.
    pub(crate) snake_case: bool,
    /// Texts are taken in any case.
    pub(crate) ignore_case: bool,
    /// Groups of fields.
    pub(crate) groups: Vec<Group>,
    /// Rules of the author's own.
    pub(crate) checks: Vec<Check>,
    /// The doc comment.
    pub(crate) doc: String,
}

/// What is said of a field or a variant.
#[derive(Default)]
pub(crate) struct FieldAttributes {
    pub(crate) name: Option<LitStr>,
    pub(crate) aliases: Vec<LitStr>,
    pub(crate) unit: Option<LitStr>,
    pub(crate) default: Option<LitStr>,
    pub(crate) example: Option<LitStr>,
    pub(crate) feature: Option<LitStr>,
    pub(crate) no_effect: Option<LitStr>,
    pub(crate) deprecated: Option<LitStr>,
    pub(crate) understood: Option<LitStr>,
    pub(crate) empty: bool,
    pub(crate) doc: String,
}

impl TypeAttributes {
    /// Reads the attributes of a type.
    pub(crate) fn of(attributes: &[Attribute]) -> syn::Result<Self> {
        let mut read = Self { doc: doc(attributes), ..Self::default() };
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("shape")) {
            let mut check = Check::default();
            attribute.parse_nested_meta(|meta| read.take(&mut check, &meta))?;
            if check.function.is_some() || check.cel.is_some() {
                read.checks.push(check);
            }
        }
        Ok(read)
    }

    fn take(&mut self, check: &mut Check, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
        let Some(word) = meta.path.get_ident() else { return Err(meta.error("a word")) };
        match word.to_string().as_str() {
            "snake_case" => self.snake_case = true,
            "ignore_case" => self.ignore_case = true,
            "check" => check.function = Some(meta.value()?.parse()?),
            "cel" => check.cel = Some(meta.value()?.parse()?),
            "says" => check.says = Some(meta.value()?.parse()?),
            "at_most_one" | "at_least_one" | "exactly_one" => {
                let content;
                parenthesized!(content in meta.input);
                let members = content.parse_terminated(<Ident as syn::parse::Parse>::parse, Token![,])?;
                self.groups.push(Group { rule: word.clone(), members: members.into_iter().collect() });
            }
            _ => return Err(meta.error("no such attribute of a type")),
        }
        Ok(())
    }
}

impl FieldAttributes {
    /// Reads the attributes of a field or a variant.
    pub(crate) fn of(attributes: &[Attribute]) -> syn::Result<Self> {
        let mut read = Self { doc: doc(attributes), ..Self::default() };
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("shape")) {
            attribute.parse_nested_meta(|meta| read.take(&meta))?;
        }
        Ok(read)
    }

    fn take(&mut self, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
        let Some(word) = meta.path.get_ident() else { return Err(meta.error("a word")) };
        let slot = match word.to_string().as_str() {
            "empty" => {
                self.empty = true;
                return Ok(());
            }
            "alias" => {
                self.aliases.push(meta.value()?.parse()?);
                return Ok(());
            }
            "name" => &mut self.name,
            "unit" => &mut self.unit,
            "default" => &mut self.default,
            "example" => &mut self.example,
            "feature" => &mut self.feature,
            "no_effect" => &mut self.no_effect,
            "deprecated" => &mut self.deprecated,
            "understood" => &mut self.understood,
            _ => return Err(meta.error("no such attribute of a field")),
        };
        *slot = Some(meta.value()?.parse()?);
        Ok(())
    }

    /// Returns every spelling of a field, the canonical one first.
    pub(crate) fn spellings(&self, rust: &Ident, snake_case: bool) -> Vec<String> {
        let rust = rust.to_string();
        let rust = rust.strip_prefix("r#").unwrap_or(&rust);
        let canonical = self.name.as_ref().map_or_else(|| camel_case(rust), LitStr::value);
        let mut spellings = vec![canonical];
        spellings.extend(self.aliases.iter().map(LitStr::value));
        if snake_case {
            spellings.push(snake(&spellings[0]));
        }
        let mut unique = Vec::new();
        for spelling in spellings {
            if !unique.contains(&spelling) {
                unique.push(spelling);
            }
        }
        unique
    }
}

/// Writes an optional text as an expression.
pub(crate) fn option(text: Option<&LitStr>) -> TokenStream {
    text.map_or_else(|| quote!(None), |text| quote!(Some(#text)))
}

/// Joins a doc comment: lines become words, an empty line a new paragraph.
fn doc(attributes: &[Attribute]) -> String {
    let line = |attribute: &Attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value().trim().to_owned()),
            _ => None,
        },
        _ => None,
    };
    let text = attributes.iter().filter_map(line).fold(String::new(), |mut text, line| {
        match (line.is_empty(), text.is_empty() || text.ends_with('\n')) {
            (true, _) => text.push_str("\n\n"),
            (false, true) => text.push_str(&line),
            (false, false) => text.extend([" ", &line]),
        }
        text
    });
    text.trim().to_owned()
}

/// `per_try_timeout` becomes `perTryTimeout`.
pub(crate) fn camel_case(snake: &str) -> String {
    let mut words = snake.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |camel, word| {
        let mut chars = word.chars();
        camel + &chars.next().map(|c| c.to_ascii_uppercase().to_string()).unwrap_or_default() + chars.as_str()
    })
}

/// `perTryTimeout` becomes `per_try_timeout`.
fn snake(camel: &str) -> String {
    camel.chars().fold(String::new(), |mut snake, c| {
        if c.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
        snake
    })
}
