//! An enum with values: a map with exactly one of some keys, or, where a variant says so, with none of them.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DataEnum, DeriveInput, Fields};

use crate::attributes::{FieldAttributes, TypeAttributes, camel_case, option};

/// Expands an enum of values.
pub(crate) fn expand(input: &DeriveInput, data: &DataEnum) -> syn::Result<TokenStream> {
    let name = &input.ident;
    let about = TypeAttributes::of(&input.attrs)?;
    let mut empty = None;
    let (mut reads, mut prints, mut spellings, mut properties, mut names) = (vec![], vec![], vec![], vec![], vec![]);
    for variant in &data.variants {
        let attributes = FieldAttributes::of(&variant.attrs)?;
        let ident = &variant.ident;
        let value = match &variant.fields {
            Fields::Unit if attributes.empty => {
                empty = Some(ident);
                continue;
            }
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => &fields.unnamed[0].ty,
            other => return Err(syn::Error::new_spanned(other, "one value, or the attribute `empty`")),
        };
        let rust = syn::Ident::new(&snake(&ident.to_string()), ident.span());
        let spelled = attributes.spellings(&rust, about.snake_case);
        let (canonical, aliases, i, doc) = (&spelled[0], &spelled[1..], reads.len(), &attributes.doc);
        reads.push(quote!(if fields.is_written(#i) { return fields.value::<#value>(#i, report).map(Self::#ident); }));
        prints.push(quote!(Self::#ident(value) => crate::shape::put(&mut map, #canonical, value),));
        let [feature, understood] = [&attributes.feature, &attributes.understood].map(|text| option(text.as_ref()));
        properties.push(quote! {
            crate::schema::Property {
                feature: #feature,
                understood: #understood,
                ..crate::schema::Property::choice(#canonical, &[#(#aliases),*], #doc, <#value as crate::shape::Shape>::schema())
            }
        });
        names.push(camel_case(canonical));
        spellings.push(quote!(&[#(#spelled),*]));
    }
    let all: Vec<_> = (0..names.len()).collect();
    let (group, none) = match empty {
        Some(ident) => (quote!(at_most_one), quote!(Some(Self::#ident))),
        None => (quote!(exactly_one), quote!(None)),
    };
    let print_empty = empty.map(|ident| quote!(Self::#ident => {}));
    let (rule, doc) = (group.to_string(), &about.doc);
    let allowed = format!("a map with {} of {}", if empty.is_some() { "at most one" } else { "one" }, names.join(", "));

    Ok(quote! {
        impl crate::shape::Shape for #name {
            fn read(node: &crate::node::Node, at: &crate::shape::At<'_>, report: &mut crate::invalid::Report) -> Option<Self> {
                const SPELLINGS: &[&[&str]] = &[#(#spellings),*];
                let fields = crate::shape::Fields::open(node, at, SPELLINGS, report)?;
                if !fields.#group(&[#(#all),*], report) {
                    return None;
                }
                #(#reads)*
                #none
            }

            fn print(&self) -> serde_json::Value {
                let mut map = serde_json::Map::new();
                match self { #(#prints)* #print_empty }
                map.into()
            }

            fn allowed() -> std::borrow::Cow<'static, str> {
                #allowed.into()
            }

            #[cfg(feature = "schema")]
            fn schema() -> crate::schema::Schema {
                crate::schema::Schema::Map(crate::schema::Record {
                    doc: #doc,
                    properties: vec![#(#properties),*],
                    rules: vec![crate::schema::Rule::group(#rule, &[#(#names),*])],
                })
            }
        }
    })
}

/// `ConsistentHash` becomes `consistent_hash`, the Rust name of a field.
fn snake(pascal: &str) -> String {
    pascal.char_indices().fold(String::new(), |mut snake, (i, c)| {
        if c.is_ascii_uppercase() && i > 0 {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
        snake
    })
}
