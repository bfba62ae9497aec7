//! An exact decimal number with the rules of Java's `BigDecimal` and the division of Groovy.
//!
//! Used for `/`, for numbers with a point, and for columns of type DECIMAL. Holds 127 bits of digits; a result that
//! needs more is refused (`None` or [`Fault::TooBig`]), never rounded beyond what Groovy itself rounds.

use std::cmp::Ordering;
use std::fmt;

use super::fault::Fault;

/// Digits Groovy adds to the longer operand when a quotient does not end.
const EXTRA_DIGITS: u32 = 10;
/// Digits behind the point that such a quotient keeps at least.
const LEAST_SCALE: i32 = 10;

/// A decimal number: `unscaled` / 10^`scale`. Equal only with the same scale, as in Java: `1.0` is not `1.00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Decimal {
    unscaled: i128,
    scale: i32,
}

impl Decimal {
    /// Makes the number `unscaled` / 10^`scale`.
    pub fn new(unscaled: i128, scale: i32) -> Self {
        Self { unscaled, scale }
    }

    /// Parses `12`, `-12.50` or `.5`: a sign, digits, a point; `None` when it is not that or needs more than 127 bits.
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, behind) = text.split_once('.').unwrap_or((text, ""));
        let digits = format!("{whole}{behind}");
        let lawful = behind.bytes().all(|byte| byte.is_ascii_digit());
        Some(Self::new(digits.parse().ok().filter(|_| lawful)?, i32::try_from(behind.len()).ok()?))
    }

    /// Returns the digits without the point.
    pub fn unscaled(self) -> i128 {
        self.unscaled
    }

    /// Returns how many of the digits stand behind the point; negative when zeros follow them.
    pub fn scale(self) -> i32 {
        self.scale
    }

    /// Returns the whole part, cut towards zero; `None` beyond 127 bits.
    pub(super) fn whole(self) -> Option<i128> {
        match power_of_ten(self.scale.unsigned_abs()) {
            Some(power) if self.scale < 0 => self.unscaled.checked_mul(power),
            Some(power) => Some(self.unscaled / power),
            None => (self.unscaled == 0 || self.scale > 0).then_some(0),
        }
    }

    pub(super) fn checked_neg(self) -> Option<Self> {
        Some(Self::new(self.unscaled.checked_neg()?, self.scale))
    }

    pub(super) fn checked_add(self, other: Self) -> Option<Self> {
        let (left, right, scale) = self.aligned(other)?;
        Some(Self::new(left.checked_add(right)?, scale))
    }

    pub(super) fn checked_mul(self, other: Self) -> Option<Self> {
        Some(Self::new(self.unscaled.checked_mul(other.unscaled)?, self.scale.checked_add(other.scale)?))
    }

    pub(super) fn checked_pow(self, power: u32) -> Option<Self> {
        let scale = self.scale.checked_mul(i32::try_from(power).ok()?)?;
        Some(Self::new(self.unscaled.checked_pow(power)?, scale))
    }

    /// Compares the values, whatever the scales; `None` when they are too far apart to be aligned.
    pub(super) fn compare(self, other: Self) -> Option<Ordering> {
        self.aligned(other).map(|(left, right, _)| left.cmp(&right))
    }

    /// Divides as Groovy does: exactly where the quotient ends, else to ten digits behind the point, half up.
    pub(super) fn divide(self, other: Self) -> Result<Self, Fault> {
        if other.unscaled == 0 {
            return Err(Fault::DivisionByZero);
        }
        let scale = self.scale.checked_sub(other.scale).ok_or(Fault::TooBig)?;
        let quotient = LongDivision::new(self.unscaled, other.unscaled, scale);
        let quotient = if quotient.ends() {
            quotient.exact()
        } else {
            let digits = self.precision().max(other.precision()) + EXTRA_DIGITS;
            quotient.rounded(digits).map(|decimal| decimal.at_most(self.scale.max(other.scale).max(LEAST_SCALE)))
        };
        quotient.ok_or(Fault::TooBig)
    }

    fn aligned(self, other: Self) -> Option<(i128, i128, i32)> {
        let scale = self.scale.max(other.scale);
        let raise = |decimal: Self| {
            let power = power_of_ten(scale.checked_sub(decimal.scale)?.unsigned_abs());
            if decimal.unscaled == 0 { Some(0) } else { decimal.unscaled.checked_mul(power?) }
        };
        Some((raise(self)?, raise(other)?, scale))
    }

    fn precision(self) -> u32 {
        digits(self.unscaled.unsigned_abs())
    }

    /// Rounds half up to a scale, where it has more.
    fn at_most(self, scale: i32) -> Self {
        let cut = self.scale.saturating_sub(scale);
        match power_of_ten(cut.unsigned_abs()) {
            _ if cut <= 0 => self,
            Some(power) => {
                let (quotient, rest) = (self.unscaled / power, (self.unscaled % power).unsigned_abs());
                let up = i128::from(rest >= power.unsigned_abs() - rest) * self.unscaled.signum();
                Self::new(quotient + up, scale)
            }
            None => Self::new(0, scale),
        }
    }
}

/// Schoolbook division, digit by digit, so that only the quotient has to fit.
struct LongDivision {
    sign: i128,
    quotient: u128,
    rest: u128,
    divisor: u128,
    scale: i32,
}

impl LongDivision {
    fn new(dividend: i128, divisor: i128, scale: i32) -> Self {
        let (sign, dividend, divisor) =
            (dividend.signum() * divisor.signum(), dividend.unsigned_abs(), divisor.unsigned_abs());
        Self { sign, quotient: dividend / divisor, rest: dividend % divisor, divisor, scale }
    }

    /// Says whether the quotient has an end: a divisor, once shortened, made of twos and fives.
    fn ends(&self) -> bool {
        let (mut a, mut b) = (self.divisor, self.rest);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        let mut rest = self.divisor / a;
        for factor in [2, 5] {
            while rest.is_multiple_of(factor) {
                rest /= factor;
            }
        }
        rest == 1
    }

    fn step(&mut self) -> Option<()> {
        let rest = self.rest.checked_mul(10)?;
        self.quotient = self.quotient.checked_mul(10)?.checked_add(rest / self.divisor)?;
        self.rest = rest % self.divisor;
        self.scale = self.scale.checked_add(1)?;
        Some(())
    }

    fn exact(mut self) -> Option<Decimal> {
        while self.rest != 0 {
            self.step()?;
        }
        self.decimal()
    }

    fn rounded(mut self, precision: u32) -> Option<Decimal> {
        while self.quotient == 0 || digits(self.quotient) < precision {
            self.step()?;
        }
        if self.rest >= self.divisor - self.rest {
            self.quotient += 1;
        }
        if digits(self.quotient) > precision {
            (self.quotient, self.scale) = (self.quotient / 10, self.scale.checked_sub(1)?);
        }
        self.decimal()
    }

    fn decimal(self) -> Option<Decimal> {
        Some(Decimal::new(self.sign * i128::try_from(self.quotient).ok()?, self.scale))
    }
}

fn digits(number: u128) -> u32 {
    number.checked_ilog10().unwrap_or(0) + 1
}

fn power_of_ten(power: u32) -> Option<i128> {
    10_i128.checked_pow(power)
}

impl fmt::Display for Decimal {
    /// Prints as `BigDecimal.toString`: with an exponent where the scale is negative or the number very small.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, digits) = (if self.unscaled < 0 { "-" } else { "" }, self.unscaled.unsigned_abs().to_string());
        let behind = i64::from(self.scale);
        let exponent = i64::try_from(digits.len()).map_err(|_| fmt::Error)? - 1 - behind;
        if behind == 0 {
            write!(f, "{sign}{digits}")
        } else if behind > 0 && exponent >= -6 {
            let width = usize::try_from(behind).map_err(|_| fmt::Error)? + 1;
            let digits = format!("{digits:0>width$}");
            let (whole, behind) = digits.split_at(digits.len() + 1 - width);
            write!(f, "{sign}{whole}.{behind}")
        } else {
            let (first, others) = digits.split_at(1);
            let point = if others.is_empty() { "" } else { "." };
            write!(f, "{sign}{first}{point}{others}E{exponent:+}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn divide(left: &str, right: &str) -> String {
        let [left, right] = [left, right].map(|text| Decimal::parse(text).unwrap());
        left.divide(right).map_or_else(|fault| fault.to_string(), |quotient| quotient.to_string())
    }

    #[test]
    fn division_rounds_where_groovy_rounds() {
        // Every row was run on Groovy 2.4.21.
        let rows = [
            ("5", "2", "2.5"),
            ("4", "2", "2"),
            ("1", "3", "0.3333333333"),
            ("2", "3", "0.6666666667"),
            ("-1", "3", "-0.3333333333"),
            ("100", "3", "33.3333333333"),
            ("1", "7.0", "0.1428571429"),
            ("1", "1024", "0.0009765625"),
            ("1.000000", "8", "0.125000"),
            ("10", "0.5", "2E+1"),
            ("0", "0.5", "0E+1"),
            ("0.00", "3", "0.00"),
            ("100", "8.00", "12.5"),
            ("5", "0.3", "16.666666667"),
            ("1", "0.00001", "1E+5"),
            ("12345678901234567", "0.7", "1.763668414462081E+16"),
            ("12345678901234567890123", "7", "1763668414462081127160.4285714286"),
            ("999999999999999999", "0.000000007", "1.42857142857142857E+26"),
            ("1", "9999999999999", "0E-10"),
            ("99999", "99998", "1.0000100002"),
            ("1", "0", "division by zero"),
            ("12345678901234567890123456789012345", "7", "more than 127 bits, the most that is computed exactly"),
        ];
        for (left, right, quotient) in rows {
            assert_eq!(divide(left, right), quotient, "{left} / {right}");
        }
    }

    #[test]
    fn printing_follows_java() {
        let rows =
            [(15, 1, "1.5"), (-5, 3, "-0.005"), (1, 6, "0.000001"), (1, 7, "1E-7"), (12, 8, "1.2E-7"), (2, -1, "2E+1")];
        for (unscaled, scale, text) in rows {
            assert_eq!(Decimal::new(unscaled, scale).to_string(), text);
        }
        assert_eq!(["", "-", ".", "1.-5", "1e3", " 1"].map(Decimal::parse), [None; 6]);
        assert_eq!(Decimal::parse("-.50"), Some(Decimal::new(-50, 2)));
    }

    proptest! {
        #[test]
        fn a_quotient_that_ends_gives_the_dividend_back(left: i32, twos in 0_u32..12, fives in 0_u32..6) {
            let divisor = Decimal::new(2_i128.pow(twos) * 5_i128.pow(fives), 0);
            let left = Decimal::new(left.into(), 0);
            let product = left.divide(divisor).unwrap().checked_mul(divisor).unwrap();
            prop_assert_eq!(product.compare(left), Some(Ordering::Equal));
        }

        #[test]
        fn whatever_is_divided_nothing_overflows(a: i128, b: i128, c: i32, d: i32) {
            let (left, right) = (Decimal::new(a, c), Decimal::new(b, d));
            let _ = (left.divide(right), left.compare(right), left.checked_add(right), left.whole());
            prop_assert!(left.to_string().len() < 60);
        }
    }
}
