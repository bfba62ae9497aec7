//! A struct: a map of fields.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{DeriveInput, FieldsNamed, LitStr, Type};

use crate::attributes::{Check, FieldAttributes, Group, TypeAttributes, option};

struct Field<'input> {
    rust: &'input Ident,
    value: &'input Type,
    spellings: Vec<String>,
    attributes: FieldAttributes,
}

/// Expands a struct.
pub(crate) fn expand(input: &DeriveInput, fields: &FieldsNamed) -> syn::Result<TokenStream> {
    let name = &input.ident;
    let about = TypeAttributes::of(&input.attrs)?;
    let fields = fields.named.iter().map(|field| read(field, about.snake_case)).collect::<syn::Result<Vec<_>>>()?;

    let spellings = fields.iter().map(|field| {
        let spellings = &field.spellings;
        quote!(&[#(#spellings),*])
    });
    let reads = fields.iter().enumerate().map(|(i, field)| {
        let (rust, value) = (field.rust, field.value);
        quote!(let #rust = fields.value::<#value>(#i, report);)
    });
    let doubts = fields.iter().enumerate().flat_map(|(i, field)| doubts(i, &field.attributes));
    let groups = about.groups.iter().map(|group| grouped(group, &fields)).collect::<syn::Result<Vec<_>>>()?;
    let names: Vec<_> = fields.iter().map(|field| field.rust).collect();
    let checks = about.checks.iter().filter_map(|check| check.function.as_ref());
    let prints = fields.iter().map(|field| {
        let (rust, spelling) = (field.rust, &field.spellings[0]);
        quote!(crate::shape::put(&mut map, #spelling, &self.#rust);)
    });
    let schema = schema(&about, &fields, &groups);
    let body = groups.iter().map(|group| {
        let (rule, members) = (&group.0, &group.1);
        quote!(fields.#rule(&[#(#members),*], report);)
    });

    Ok(quote! {
        impl crate::shape::Shape for #name {
            fn read(node: &crate::node::Node, at: &crate::shape::At<'_>, report: &mut crate::invalid::Report) -> Option<Self> {
                const SPELLINGS: &[&[&str]] = &[#(#spellings),*];
                let fields = crate::shape::Fields::open(node, at, SPELLINGS, report)?;
                #(#reads)*
                #(#doubts)*
                #(#body)*
                let read = Self { #(#names: #names?),* };
                #(#checks(&read, at, report);)*
                Some(read)
            }

            fn print(&self) -> serde_json::Value {
                let mut map = serde_json::Map::new();
                #(#prints)*
                map.into()
            }

            fn allowed() -> std::borrow::Cow<'static, str> {
                "a map of fields".into()
            }

            #schema
        }
    })
}

fn read(field: &syn::Field, snake_case: bool) -> syn::Result<Field<'_>> {
    let rust = field.ident.as_ref().ok_or_else(|| syn::Error::new_spanned(field, "a named field"))?;
    let attributes = FieldAttributes::of(&field.attrs)?;
    if attributes.doc.is_empty() {
        return Err(syn::Error::new_spanned(field, "a doc comment: it is the description in every schema"));
    }
    Ok(Field { rust, value: &field.ty, spellings: attributes.spellings(rust, snake_case), attributes })
}

/// The warnings a field brings when it is written.
fn doubts(i: usize, attributes: &FieldAttributes) -> Vec<TokenStream> {
    let no_effect = attributes.no_effect.iter().map(|message| quote!(fields.no_effect(#i, #message, report);));
    let deprecated = attributes.deprecated.iter().map(|message| quote!(fields.deprecated(#i, #message, report);));
    no_effect.chain(deprecated).collect()
}

/// The members of a group by place and by canonical name.
type Grouped = (Ident, Vec<usize>, Vec<String>);

fn grouped(group: &Group, fields: &[Field<'_>]) -> syn::Result<Grouped> {
    let place = |member: &Ident| {
        let found = fields.iter().position(|field| field.rust == member);
        found.ok_or_else(|| syn::Error::new_spanned(member, "no such field"))
    };
    let places = group.members.iter().map(place).collect::<syn::Result<Vec<_>>>()?;
    let names = places.iter().map(|i| fields[*i].spellings[0].clone()).collect();
    Ok((group.rule.clone(), places, names))
}

fn schema(about: &TypeAttributes, fields: &[Field<'_>], groups: &[Grouped]) -> TokenStream {
    let doc = &about.doc;
    let properties = fields.iter().map(|field| {
        let value = field.value;
        let (name, aliases) = (&field.spellings[0], &field.spellings[1..]);
        let FieldAttributes { doc, unit, default, example, feature, no_effect, deprecated, understood, .. } =
            &field.attributes;
        let [unit, default, example, feature, understood] =
            [unit, default, example, feature, understood].map(|text| option(text.as_ref()));
        let [no_effect, deprecated] = [no_effect, deprecated].map(|text| option(text.as_ref()));
        quote! {
            crate::schema::Property {
                name: #name, aliases: &[#(#aliases),*], doc: #doc, unit: #unit, default: #default, example: #example,
                feature: #feature, no_effect: #no_effect, deprecated: #deprecated, understood: #understood,
                required: <#value as crate::shape::Shape>::absent().is_none(),
                schema: <#value as crate::shape::Shape>::schema(),
            }
        }
    });
    let groups = groups.iter().map(|(rule, _, names)| {
        let rule = rule.to_string();
        quote!(crate::schema::Rule::group(#rule, &[#(#names),*]))
    });
    let checks = about.checks.iter().filter(|check| check.cel.is_some()).map(|Check { cel, says, .. }| {
        let says = says.as_ref().map_or_else(String::new, LitStr::value);
        quote!(crate::schema::Rule::new(#cel, #says))
    });
    quote! {
        #[cfg(feature = "schema")]
        fn schema() -> crate::schema::Schema {
            crate::schema::Schema::Map(crate::schema::Record {
                doc: #doc,
                properties: vec![#(#properties),*],
                rules: vec![#(#groups,)* #(#checks),*],
            })
        }
    }
}
