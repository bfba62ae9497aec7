//! Descriptors and contents nobody means well with.

use proptest::prelude::*;
use prost::Message;
use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet, MessageOptions,
};
use serde_json::{Value, json};

use super::given::{descriptor_set, kind, whole_descriptor_set};
use super::{GUARDED, PARCEL};
use crate::custom::encoders;

const LIST: &str = r#"
syntax = "proto3";
package post;
message List { List next = 1; repeated List more = 2; string name = 3; }
message Other {}
"#;

/// Returns why a message of a set is refused.
fn refused(set: &[u8], message: &str) -> String {
    encoders(set, message).err().unwrap_or_default()
}

/// Encodes a set of one file.
fn set_of(file: FileDescriptorProto) -> Vec<u8> {
    FileDescriptorSet { file: vec![file] }.encode_to_vec()
}

/// Describes a message of one field of its own type, and puts both into a file.
fn file_of(name: &str, field: FieldDescriptorProto) -> FileDescriptorProto {
    let message = DescriptorProto { name: Some(name.to_owned()), field: vec![field], ..Default::default() };
    FileDescriptorProto {
        name: Some("hostile.proto".to_owned()),
        syntax: Some("proto3".to_owned()),
        message_type: vec![message],
        ..Default::default()
    }
}

fn itself(label: Label, kind: Type) -> FieldDescriptorProto {
    FieldDescriptorProto {
        name: Some("key".to_owned()),
        number: Some(1),
        label: Some(label.into()),
        r#type: Some(kind.into()),
        type_name: Some(".M".to_owned()),
        ..Default::default()
    }
}

#[test]
fn a_set_that_cannot_be_used_is_refused_in_one_sentence() {
    let any =
        r#"syntax = "proto3"; import "google/protobuf/any.proto"; message M { repeated google.protobuf.Any a = 1; }"#;
    let old = r#"syntax = "proto2"; message M { optional string a = 1; }"#;
    let said = |set: &[u8], message: &str| refused(set, message);
    assert_eq!(
        [
            said(&descriptor_set(LIST), "post.Letter"),
            said(&descriptor_set(GUARDED), "io.opensergo.proto.fault_tolerance.v1.RateLimitStrategy"),
            said(&descriptor_set(PARCEL), "google.protobuf.Struct"),
            said(&descriptor_set(any), "M"),
            said(&descriptor_set(old), "M"),
            said(&[], "M"),
        ],
        [
            "one of the messages of the descriptor set: `post.List`, `post.Other`",
            "one of the messages of the descriptor set: `post.Desk`",
            "one of the messages of the descriptor set: `post.Parcel`",
            "messages whose fields all have a type of their own, without `google.protobuf.Any`",
            "messages of proto3 only, `M` is of another",
            "one of the messages of the descriptor set: it has none",
        ]
    );
    assert!(said(b"no descriptors", "M").starts_with("a descriptor set that can be read: "));
    let mut missing = file_of("M", itself(Label::Optional, Type::Message));
    missing.dependency = vec!["not/there.proto".to_owned()];
    assert!(said(&set_of(missing), "M").starts_with("a descriptor set that is whole and lawful: "));
}

#[test]
fn a_set_of_too_many_messages_is_refused() {
    let mut file = file_of("M", itself(Label::Optional, Type::Message));
    file.message_type[0].nested_type =
        (0..1000).map(|i| DescriptorProto { name: Some(format!("N{i}")), ..Default::default() }).collect();
    assert_eq!(refused(&set_of(file), "M"), "at most 1000 messages in the descriptor set, it has 1001");
}

#[test]
fn no_set_adds_to_the_messages_of_google() {
    for name in ["Struct", "Letter"] {
        let mut file = file_of(name, itself(Label::Optional, Type::Message));
        file.message_type[0].field[0].type_name = Some(format!(".google.protobuf.{name}"));
        file.package = Some("google.protobuf".to_owned());
        let reason = "packages of one's own, `hostile.proto` is of google.protobuf";
        assert_eq!(refused(&set_of(file), &format!("google.protobuf.{name}")), reason);
    }
}

#[test]
fn what_no_compiler_of_proto3_makes_is_refused() {
    let map = |label| {
        let mut file = file_of("M", itself(label, Type::Message));
        file.message_type[0].options = Some(MessageOptions { map_entry: Some(true), ..Default::default() });
        file
    };
    let mut empty = file_of("M", itself(Label::Optional, Type::Enum));
    empty.enum_type = vec![EnumDescriptorProto { name: Some("E".to_owned()), ..Default::default() }];
    empty.message_type[0].field[0].type_name = Some(".E".to_owned());
    let hostile = [
        map(Label::Repeated),
        map(Label::Optional),
        file_of("M", itself(Label::Optional, Type::Group)),
        file_of("M", itself(Label::Required, Type::Message)),
        empty,
    ];
    let mut modern = file_of("M", itself(Label::Optional, Type::Message));
    modern.syntax = Some("editions".to_owned());
    assert_eq!(refused(&set_of(modern), "M"), "files of proto3, `hostile.proto` is of editions");
    for file in hostile {
        assert_ne!(refused(&set_of(file.clone()), "M"), "", "{file:?}");
    }
}

#[test]
fn a_set_may_bring_its_imports_along_or_leave_those_we_have_to_us() {
    for proto in [GUARDED, PARCEL] {
        let name = if proto == GUARDED { "post.Desk" } else { "post.Parcel" };
        for set in [descriptor_set(proto), whole_descriptor_set(proto)] {
            assert_eq!(encoders(&set, name).map(|encoder| encoder.message().to_owned()), Ok(name.to_owned()));
        }
    }
}

#[test]
fn a_message_within_itself_is_said_as_deep_as_decoders_read() {
    let list = kind(LIST, "post.List");
    let nested = |depth| (1..depth).fold(json!({"name": "x"}), |inner, _| json!({"next": inner}));
    assert_eq!(list.said(&nested(99)), Ok(nested(99)));
    assert_eq!(list.refused(&nested(100)), ["spec too-large"]);
    let wide = (1..60).fold(json!({}), |inner, _| json!({"more": [inner]}));
    assert_eq!(list.refused(&wide), ["spec too-large"]);
    // A Struct is three messages deep for each map in it.
    let parcel = kind(PARCEL, "post.Parcel");
    let notes = |depth| json!({"notes": (1..depth).fold(json!({}), |inner, _| json!({"x": inner}))});
    assert!(parcel.said(&notes(33)).is_ok());
    assert_eq!(parcel.refused(&notes(34)), ["spec too-large"]);
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[A-Za-z0-9=]{0,4}".prop_map(Value::from),
    ];
    let names =
        "to|size|grams|stamps|byName|byNumber|door|box|notes|within|share|numbers|seal|fragile|either|motif|cents|1";
    leaf.prop_recursive(4, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(names, inner, 0..6).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_contents_bring_it_down(contents in any_json()) {
        let parcel = kind(PARCEL, "post.Parcel");
        if let Ok(bytes) = parcel.encode(&contents) {
            prop_assert_eq!(parcel.encode(&contents), Ok(bytes));
        }
    }

    #[test]
    fn no_descriptors_bring_it_down(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut set = whole_descriptor_set(PARCEL);
        for (at, byte) in changes {
            *at.get_mut(&mut set) = byte;
        }
        if let Ok(encoder) = encoders(&set, "post.Parcel") {
            let mut report = opensergo_api::Report::default();
            let contents = json!({"to": "a", "byName": {"a": {"cents": 1}}, "byNumber": {"1": true}, "notes": {"a": 1}, "size": 1});
            let bytes = encoder.encode(&contents, &mut report);
            prop_assert_eq!(bytes.is_some(), report.is_lawful());
        }
    }
}
