//! An enum without values: one of some texts.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DataEnum, DeriveInput};

use crate::attributes::{FieldAttributes, TypeAttributes};

/// Expands an enum of texts.
pub(crate) fn expand(input: &DeriveInput, data: &DataEnum) -> syn::Result<TokenStream> {
    let name = &input.ident;
    let about = TypeAttributes::of(&input.attrs)?;
    let (mut canonical, mut variants, mut pairs, mut docs) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for variant in &data.variants {
        let attributes = FieldAttributes::of(&variant.attrs)?;
        let ident = &variant.ident;
        let word = attributes.name.as_ref().map_or_else(|| ident.to_string(), syn::LitStr::value);
        pairs.push(quote!((#word, Self::#ident)));
        pairs.extend(attributes.aliases.iter().map(|alias| quote!((#alias, Self::#ident))));
        variants.push(ident);
        canonical.push(word);
        docs.push(attributes.doc);
    }
    let allowed = format!("one of {}", canonical.join(", "));
    let doc = &about.doc;
    let ignore_case = about.ignore_case;
    let find = if ignore_case { quote!(word.eq_ignore_ascii_case(text)) } else { quote!(*word == text) };
    let words = pairs.iter();
    let spelled = pairs.iter();

    Ok(quote! {
        impl #name {
            /// Returns the canonical spelling.
            pub fn as_str(self) -> &'static str {
                match self { #(Self::#variants => #canonical),* }
            }

            /// Finds the one a text names.
            pub fn parse(text: &str) -> Option<Self> {
                [#(#words),*].into_iter().find(|(word, _)| #find).map(|(_, value)| value)
            }
        }

        impl crate::shape::Shape for #name {
            fn read(node: &crate::node::Node, at: &crate::shape::At<'_>, report: &mut crate::invalid::Report) -> Option<Self> {
                let text = crate::shape::text(node, at, <Self as crate::shape::Shape>::allowed, report)?;
                let found = Self::parse(text);
                if found.is_none() {
                    report.not_allowed(at, text, #allowed);
                }
                found
            }

            fn print(&self) -> serde_json::Value {
                self.as_str().into()
            }

            fn allowed() -> std::borrow::Cow<'static, str> {
                #allowed.into()
            }

            #[cfg(feature = "schema")]
            fn schema() -> crate::schema::Schema {
                let spellings = [#(#spelled),*].iter().map(|(word, _)| *word).collect();
                let docs = vec![#((#canonical, #docs)),*];
                crate::schema::Schema::Words(crate::schema::Words { doc: #doc, docs, spellings, ignore_case: #ignore_case })
            }
        }
    })
}
