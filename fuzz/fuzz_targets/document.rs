//! Any text is judged without a panic, and what is accepted prints a manifest that is accepted as the same object.
//!
//! Good seeds: the files of `corpus/`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use opensergo_api::document::{check_all, read};

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for verdict in check_all(read("fuzz", text)) {
        let spans = verdict.invalids.iter().map(|at| &at.span).chain(verdict.warnings.iter().map(|at| &at.span));
        for span in spans {
            assert!(verdict.text.get(span.clone()).is_some(), "{span:?} is no piece of the text");
        }
        let Some(object) = verdict.object else { continue };
        let again = check_all(read("canonical", &object.print().to_string()));
        let objects: Vec<_> = again.iter().map(|verdict| verdict.object.as_ref()).collect();
        assert_eq!(objects, [Some(&object)]);
    }
});
