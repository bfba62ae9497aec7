//! Arithmetic on numbers of Java's types: what two types meet in, and where each wraps around or is refused.

use std::cmp::Ordering;

use super::decimal::Decimal;
use super::fault::Fault;
use super::tree::Operator;
use super::value::Value;

/// Two numbers brought to the wider of their types.
enum Pair {
    Integers(i32, i32),
    Longs(i64, i64),
    Bigs(i128, i128),
    Decimals(Decimal, Decimal),
}

impl Pair {
    fn of(left: &Value, right: &Value) -> Option<Self> {
        Some(match (left, right) {
            (Value::Integer(left), Value::Integer(right)) => Self::Integers(*left, *right),
            (Value::Decimal(_), _) | (_, Value::Decimal(_)) => Self::Decimals(decimal(left)?, decimal(right)?),
            (Value::Big(_), _) | (_, Value::Big(_)) => Self::Bigs(whole(left)?, whole(right)?),
            _ => Self::Longs(long(left)?, long(right)?),
        })
    }

    fn add(self) -> Option<Value> {
        Some(match self {
            Self::Integers(left, right) => Value::Integer(left.wrapping_add(right)),
            Self::Longs(left, right) => Value::Long(left.wrapping_add(right)),
            Self::Bigs(left, right) => Value::Big(left.checked_add(right)?),
            Self::Decimals(left, right) => Value::Decimal(left.checked_add(right)?),
        })
    }

    fn subtract(self) -> Option<Value> {
        Some(match self {
            Self::Integers(left, right) => Value::Integer(left.wrapping_sub(right)),
            Self::Longs(left, right) => Value::Long(left.wrapping_sub(right)),
            Self::Bigs(left, right) => Value::Big(left.checked_sub(right)?),
            Self::Decimals(left, right) => Value::Decimal(left.checked_add(right.checked_neg()?)?),
        })
    }

    fn multiply(self) -> Option<Value> {
        Some(match self {
            Self::Integers(left, right) => Value::Integer(left.wrapping_mul(right)),
            Self::Longs(left, right) => Value::Long(left.wrapping_mul(right)),
            Self::Bigs(left, right) => Value::Big(left.checked_mul(right)?),
            Self::Decimals(left, right) => Value::Decimal(left.checked_mul(right)?),
        })
    }

    /// Keeps the sign of the dividend, except for big integers: theirs is never negative. `None`: no operation.
    fn remainder(self) -> Option<Result<Value, Fault>> {
        Some(match self {
            Self::Integers(_, 0) | Self::Longs(_, 0) | Self::Bigs(_, 0) => Err(Fault::DivisionByZero),
            Self::Integers(left, right) => Ok(Value::Integer(left.wrapping_rem(right))),
            Self::Longs(left, right) => Ok(Value::Long(left.wrapping_rem(right))),
            Self::Bigs(_, ..0) => Err(Fault::NegativeModulus),
            Self::Bigs(left, right) => Ok(Value::Big(left.rem_euclid(right))),
            Self::Decimals(..) => return None,
        })
    }

    /// Cuts towards zero. `None`: no operation.
    fn whole_quotient(self) -> Option<Result<Value, Fault>> {
        Some(match self {
            Self::Integers(_, 0) | Self::Longs(_, 0) | Self::Bigs(_, 0) => Err(Fault::DivisionByZero),
            Self::Integers(left, right) => Ok(Value::Integer(left.wrapping_div(right))),
            Self::Longs(left, right) => Ok(Value::Long(left.wrapping_div(right))),
            Self::Bigs(left, right) => left.checked_div(right).map(Value::Big).ok_or(Fault::TooBig),
            Self::Decimals(..) => return None,
        })
    }

    fn compare(self) -> Option<Ordering> {
        match self {
            Self::Integers(left, right) => Some(left.cmp(&right)),
            Self::Longs(left, right) => Some(left.cmp(&right)),
            Self::Bigs(left, right) => Some(left.cmp(&right)),
            Self::Decimals(left, right) => left.compare(right),
        }
    }
}

/// Computes `+ - * / % **` of two numbers.
pub(super) fn compute(operator: Operator, left: &Value, right: &Value) -> Result<Value, Fault> {
    let refused = || mismatch(operator, left, right);
    let pair = Pair::of(left, right).ok_or_else(refused)?;
    match operator {
        Operator::Add => pair.add().ok_or(Fault::TooBig),
        Operator::Subtract => pair.subtract().ok_or(Fault::TooBig),
        Operator::Multiply => pair.multiply().ok_or(Fault::TooBig),
        Operator::Remainder => pair.remainder().ok_or_else(refused)?,
        Operator::Power => power(left, right),
        Operator::Divide => {
            let (left, right) = (decimal(left).ok_or_else(refused)?, decimal(right).ok_or_else(refused)?);
            left.divide(right).map(Value::Decimal)
        }
        _ => Err(refused()),
    }
}

/// Computes `left.intdiv(right)`.
pub(super) fn whole_quotient(left: &Value, right: &Value) -> Result<Value, Fault> {
    let operands = || Fault::Operands { operator: "intdiv()", left: left.type_name(), right: right.type_name() };
    Pair::of(left, right).and_then(Pair::whole_quotient).ok_or_else(operands)?
}

/// Compares two numbers by value, whatever their types; `None` when one is not a number.
pub(super) fn compare(left: &Value, right: &Value) -> Option<Result<Ordering, Fault>> {
    Pair::of(left, right).map(|pair| pair.compare().ok_or(Fault::TooBig))
}

/// Computes `-number`; the least Integer and the least Long stay what they are.
pub(super) fn negate(number: &Value) -> Result<Value, Fault> {
    match number {
        Value::Integer(number) => Ok(Value::Integer(number.wrapping_neg())),
        Value::Long(number) => Ok(Value::Long(number.wrapping_neg())),
        Value::Big(number) => number.checked_neg().map(Value::Big).ok_or(Fault::TooBig),
        Value::Decimal(decimal) => decimal.checked_neg().map(Value::Decimal).ok_or(Fault::TooBig),
        other => Err(Fault::Operand { operation: "-", found: other.type_name() }),
    }
}

/// Computes `number.abs()`; the least Integer and the least Long stay negative.
pub(super) fn absolute(number: &Value) -> Result<Value, Fault> {
    match number {
        Value::Integer(..0) | Value::Long(..0) | Value::Big(..0) => negate(number),
        Value::Decimal(decimal) if decimal.unscaled() < 0 => negate(number),
        Value::Integer(_) | Value::Long(_) | Value::Big(_) | Value::Decimal(_) => Ok(number.clone()),
        other => Err(Fault::Operand { operation: "abs()", found: other.type_name() }),
    }
}

/// Returns the whole number, cut towards zero for a decimal; `None` when it is none or has more than 127 bits.
pub(super) fn truncated(number: &Value) -> Option<i128> {
    match number {
        Value::Decimal(decimal) => decimal.whole(),
        other => whole(other),
    }
}

/// Returns the whole number of one of the three whole types.
pub(super) fn whole(number: &Value) -> Option<i128> {
    match number {
        Value::Integer(number) => Some((*number).into()),
        Value::Long(number) => Some((*number).into()),
        Value::Big(number) => Some(*number),
        Value::Null | Value::Boolean(_) | Value::Decimal(_) | Value::Text(_) => None,
    }
}

/// Says that an operator does not take these types.
pub(super) fn mismatch(operator: Operator, left: &Value, right: &Value) -> Fault {
    Fault::Operands { operator: operator.symbol(), left: left.type_name(), right: right.type_name() }
}

/// Widens to a Big where the result does not fit: an Integer to a Big at once, never to a Long. So does Groovy.
fn power(base: &Value, power: &Value) -> Result<Value, Fault> {
    let Value::Integer(power) = power else { return Err(Fault::Power) };
    let power = u32::try_from(*power).map_err(|_| Fault::Power)?;
    if let Value::Decimal(base) = base {
        return base.checked_pow(power).map(Value::Decimal).ok_or(Fault::TooBig);
    }
    let result = whole(base).and_then(|base| base.checked_pow(power)).ok_or(Fault::TooBig)?;
    Ok(match base {
        Value::Integer(_) => i32::try_from(result).map_or(Value::Big(result), Value::Integer),
        Value::Long(_) => i64::try_from(result).map_or(Value::Big(result), Value::Long),
        _ => Value::Big(result),
    })
}

fn long(number: &Value) -> Option<i64> {
    i64::try_from(whole(number)?).ok()
}

fn decimal(number: &Value) -> Option<Decimal> {
    match number {
        Value::Decimal(decimal) => Some(*decimal),
        other => whole(other).map(|number| Decimal::new(number, 0)),
    }
}
