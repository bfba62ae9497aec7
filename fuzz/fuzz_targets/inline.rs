//! Any text is an inline expression or is not, without a panic; what is one expands and evaluates within its bounds.
//!
//! Good seeds: the `Sharding` files of `corpus/`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use opensergo_api::database::inline::{DataNode, Expression, Value};

fuzz_target!(|text: &str| {
    let Ok(expression) = Expression::parse(text) else { return };
    assert_eq!(Expression::parse(expression.as_str()).as_ref(), Ok(&expression));
    for node in expression.expand().unwrap_or_default() {
        let _ = DataNode::parse(&node);
    }
    let _ = expression.evaluate(&|name| (!name.is_empty()).then(|| Value::whole(name.len() as i128 * 1_000_003)));
});
