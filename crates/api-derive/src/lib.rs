//! `#[derive(Shape)]`: from one Rust definition of a thing a document may hold, its door, its print and its schema.
//!
//! Used by `opensergo-api` alone, whose trait `Shape` says what the three promise. Three forms: a struct is a map of
//! fields, an enum without values is one of some texts, an enum with values is a map with exactly one of some keys.
//! Doc comments become the descriptions of the schema. Refuses to know kinds: the types carry their own bounds.

mod attributes;
mod choice;
mod record;
mod words;

use proc_macro::TokenStream;
use syn::{Data, DeriveInput, Fields, parse_macro_input};

/// Derives `crate::shape::Shape`.
///
/// On a struct: `snake_case`, `at_most_one(a, b)`, `at_least_one(a, b)`, `exactly_one(a, b)`, `check = path`, `cel = ".."`,
/// `says = ".."`. On a field: `name`, `alias`, `unit`, `default`, `example`, `feature`, `no_effect`, `deprecated`,
/// `understood`. On an enum of texts: `ignore_case`; on a variant: `name`, `alias`, `empty`.
#[proc_macro_derive(Shape, attributes(shape))]
pub fn shape(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand(&input).unwrap_or_else(syn::Error::into_compile_error).into()
}

fn expand(input: &DeriveInput) -> syn::Result<proc_macro2::TokenStream> {
    match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => record::expand(input, fields),
            other => Err(syn::Error::new_spanned(other, "a struct of named fields")),
        },
        Data::Enum(data) if data.variants.iter().all(|variant| matches!(variant.fields, Fields::Unit)) => {
            words::expand(input, data)
        }
        Data::Enum(data) => choice::expand(input, data),
        Data::Union(_) => Err(syn::Error::new_spanned(input, "a struct or an enum")),
    }
}
