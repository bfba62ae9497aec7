//! The methods of values and the functions of classes that the subset has.

use super::budget::Budget;
use super::evaluation::Yield;
use super::fault::Fault;
use super::tree::{Function, Method};
use super::value::{Value, low_bits, low_long};
use super::{arithmetic, text};

/// Added by Groovy to the hash of a text that was made from a template.
const TEMPLATE_HASH: i32 = 37;

/// Calls a method of a value.
pub(super) fn method(
    budget: &mut Budget,
    method: Method,
    receiver: Yield,
    arguments: &[Value],
) -> Result<Value, Fault> {
    let (receiver, extra) = match receiver {
        Yield::One(value) => (value, 0),
        Yield::Template(text) => (Value::Text(text), TEMPLATE_HASH),
        Yield::Many(_) => return Err(Fault::List),
    };
    match (method, &receiver, arguments) {
        (Method::Abs, number, _) => arithmetic::absolute(number),
        (Method::Intdiv, number, [divisor]) => arithmetic::whole_quotient(number, divisor),
        (Method::HashCode, value, _) => {
            let hash = value.java_hash().ok_or_else(|| refuse(method, value))?;
            Ok(Value::Integer(hash.wrapping_add(extra)))
        }
        (Method::ToInteger, value, _) => to_integer(value),
        (Method::ToLong, value, _) => to_long(value),
        (Method::ToText, value, _) => made(budget, value.piece()?),
        (Method::Substring, Value::Text(text), [start, end @ ..]) => {
            let end = end.first().map(|end| position(method.symbol(), end)).transpose()?;
            made(budget, text::substring(text, position(method.symbol(), start)?, end)?)
        }
        (Method::PadLeft, Value::Text(text), [length, padding @ ..]) => {
            let padding = match padding.first() {
                None => " ",
                Some(Value::Text(padding)) => padding,
                Some(other) => return Err(refuse(method, other)),
            };
            pad(budget, text, length, padding)
        }
        _ => Err(refuse(method, &receiver)),
    }
}

/// Calls a function of a class with its one argument.
pub(super) fn function(function: Function, argument: &Value) -> Result<Value, Fault> {
    match (function, argument) {
        // Groovy passes a big integer or a decimal on as a narrower or a floating-point number.
        (Function::Abs, Value::Integer(_) | Value::Long(_)) => arithmetic::absolute(argument),
        (Function::ParseInteger | Function::IntegerOf, Value::Text(digits)) => {
            text::integer(digits).map(Value::Integer)
        }
        (Function::ParseLong | Function::LongOf, Value::Text(digits)) => text::long(digits).map(Value::Long),
        (Function::IntegerOf, Value::Integer(_)) | (Function::LongOf, Value::Long(_)) => Ok(argument.clone()),
        (Function::LongOf, Value::Integer(number)) => Ok(Value::Long((*number).into())),
        _ => Err(Fault::Operand { operation: function.symbol(), found: argument.type_name() }),
    }
}

/// Takes an index or a place in a text: only an Integer is one.
pub(super) fn position(operation: &'static str, value: &Value) -> Result<i32, Fault> {
    match value {
        Value::Integer(index) => Ok(*index),
        other => Err(Fault::Operand { operation, found: other.type_name() }),
    }
}

fn to_integer(value: &Value) -> Result<Value, Fault> {
    match value {
        Value::Text(digits) => text::integer(text::trim(digits)).map(Value::Integer),
        number => truncated(Method::ToInteger, number).map(|number| Value::Integer(low_bits(number))),
    }
}

fn to_long(value: &Value) -> Result<Value, Fault> {
    match value {
        Value::Text(digits) => text::long(text::trim(digits)).map(Value::Long),
        number => truncated(Method::ToLong, number).map(|number| Value::Long(low_long(number))),
    }
}

fn truncated(method: Method, number: &Value) -> Result<i128, Fault> {
    arithmetic::truncated(number).ok_or_else(|| match number {
        Value::Decimal(_) => Fault::TooBig,
        other => refuse(method, other),
    })
}

fn pad(budget: &mut Budget, text: &str, length: &Value, padding: &str) -> Result<Value, Fault> {
    let units = match length {
        Value::Integer(units) => i64::from(*units),
        Value::Long(units) if i32::try_from(*units).is_ok() => *units,
        Value::Long(_) => return Err(Fault::OutOfBounds),
        other => return Err(refuse(Method::PadLeft, other)),
    };
    let units = usize::try_from(units.max(0)).map_err(|_| Fault::OutOfBounds)?;
    budget.text(units)?;
    made(budget, text::pad_left(text, units, padding)?)
}

fn made(budget: &mut Budget, text: String) -> Result<Value, Fault> {
    budget.text(text.len()).map(|()| Value::Text(text))
}

fn refuse(method: Method, found: &Value) -> Fault {
    Fault::Operand { operation: method.symbol(), found: found.type_name() }
}
