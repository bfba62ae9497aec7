//! Any bytes decode as a message of each kind or are refused, without a panic; what is accepted encodes, for clients that
//! know everything and for those that know nothing, to bytes that are accepted again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use opensergo_api::{AppKey, Kind};
use opensergo_wire::{Features, decode, encode};
use prost_types::Any;

fuzz_target!(|bytes: &[u8]| {
    let key = AppKey { namespace: "default".to_owned(), app: "foo-app".to_owned() };
    for kind in Kind::all() {
        let own = format!("type.googleapis.com/io.opensergo.proto.fault_tolerance.v1.{}", kind.name());
        for type_url in [own, "type.googleapis.com/google.protobuf.Struct".to_owned()] {
            let Ok(decoded) = decode(kind, &key, &Any { type_url, value: bytes.to_vec() }) else { continue };
            for features in [Features::default(), Features::all()] {
                let Some(any) = encode(&decoded.object, features) else { continue };
                assert!(decode(kind, &key, &any).is_ok(), "{:?}", decoded.object);
            }
        }
    }
});
