//! Any text with definitions of kinds and documents of them is judged without a panic and in bounded time, twice, as a
//! source does; what is accepted prints a manifest.
//!
//! Good seeds: `examples/custom-kind/`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use opensergo_api::document::{Kinds, read};
use opensergo_wire::custom::encoders;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut kinds = Kinds::new(encoders);
    let first = kinds.check_all(read("fuzz", text));
    let second = kinds.check_all(read("fuzz", text));
    assert_eq!(first.len(), second.len());
    for object in first.iter().filter_map(|verdict| verdict.object.as_ref()) {
        assert!(object.print().is_object());
    }
});
