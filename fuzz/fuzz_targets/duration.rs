//! Any text is a duration or is not, without a panic; what is one prints a spelling of the same duration.
#![no_main]

use libfuzzer_sys::fuzz_target;
use opensergo_api::duration;

fuzz_target!(|text: &str| {
    if let Ok(parsed) = duration::parse(text) {
        assert_eq!(duration::parse(&duration::print(parsed)), Ok(parsed));
    }
});
