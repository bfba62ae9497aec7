//! Names and numbers of the protocol, as server reflection shows them: a reviewed snapshot. A change here breaks clients.

use std::fmt::Write;

use opensergo_wire::{FILE_DESCRIPTOR_SET, SERVICE, SUBSCRIBE_CONFIG};
use prost::Message;
use prost_types::{DescriptorProto, EnumDescriptorProto, FileDescriptorSet};

fn enumeration(said: &mut String, scope: &str, of: &EnumDescriptorProto) {
    let values: Vec<_> = of.value.iter().map(|value| format!("{} {}", value.name(), value.number())).collect();
    writeln!(said, "{scope}.{}: {}", of.name(), values.join(", ")).unwrap();
}

fn message(said: &mut String, scope: &str, of: &DescriptorProto) {
    let name = format!("{scope}.{}", of.name());
    let fields = of.field.iter().map(|field| {
        let of = field.type_name().rsplit('.').next().unwrap_or_default();
        let of = if of.is_empty() { format!("{:?}", field.r#type()).to_lowercase() } else { of.to_owned() };
        format!("{} {} {:?} {of}", field.number(), field.name(), field.label()).replace(" Optional", "")
    });
    writeln!(said, "{name}: {}", fields.collect::<Vec<_>>().join(", ")).unwrap();
    of.nested_type.iter().for_each(|nested| message(said, &name, nested));
    of.enum_type.iter().for_each(|nested| enumeration(said, &name, nested));
}

#[test]
fn names_and_numbers_are_those_of_the_protocol() {
    let set = FileDescriptorSet::decode(FILE_DESCRIPTOR_SET).unwrap();
    let mut said = String::new();
    for file in set.file.iter().filter(|file| !file.package().starts_with("google.")) {
        writeln!(said, "# {}", file.name()).unwrap();
        file.message_type.iter().for_each(|of| message(&mut said, file.package(), of));
        file.enum_type.iter().for_each(|of| enumeration(&mut said, file.package(), of));
    }
    insta::assert_snapshot!("descriptor", said);
}

#[test]
fn the_path_is_that_of_the_one_method() {
    let set = FileDescriptorSet::decode(FILE_DESCRIPTOR_SET).unwrap();
    let paths: Vec<_> = (set.file.iter())
        .flat_map(|file| file.service.iter().map(move |service| (file.package(), service)))
        .flat_map(|(package, service)| service.method.iter().map(move |method| (package, service, method)))
        .map(|(package, service, method)| {
            assert!(method.client_streaming() && method.server_streaming());
            format!("/{package}.{}/{}", service.name(), method.name())
        })
        .collect();
    assert_eq!(paths, [SUBSCRIBE_CONFIG]);
    assert_eq!(SUBSCRIBE_CONFIG, format!("/{SERVICE}/SubscribeConfig"));
}
