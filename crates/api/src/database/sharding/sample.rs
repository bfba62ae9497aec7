//! Sample values for the expression of an algorithm: does it ever name a node that is there?
//!
//! Nobody can prove that an expression never does, so what is found is a doubt. Bounded: so many evaluations for one
//! object, whatever it says; what is left untried is not doubted.

use std::collections::BTreeSet;

use crate::database::inline::{Expression, Value};

/// The most evaluations for one object.
const MOST: usize = 20_000;
/// The targets whose numbers are tried as values.
const TARGETS: usize = 32;

/// How often a value is joined with others, where there are several columns.
const ROUNDS: usize = 5;

/// What may still be tried for one object.
pub(super) struct Samples {
    left: usize,
}

impl Default for Samples {
    fn default() -> Self {
        Self { left: MOST }
    }
}

impl Samples {
    /// Evaluates samples; `Some` name that is no target when there were names and none of them is one.
    pub(super) fn miss(&mut self, expression: &Expression, targets: &BTreeSet<&str>) -> Option<String> {
        let (values, columns) = (values(targets), expression.variables());
        let rounds = if columns.len() > 1 { ROUNDS } else { 1 };
        let mut missed = None;
        for (i, round) in (0..values.len()).flat_map(|i| (0..rounds).map(move |round| (i, round))) {
            self.left = self.left.checked_sub(1)?;
            // In round 0 every column has the same value, in later rounds each has one of its own.
            let value = |column: &str| {
                let j = columns.iter().position(|known| *known == column)?;
                Some(values[(i + round * j * (i + 1)) % values.len()].clone())
            };
            let Ok(made) = expression.evaluate(&value) else { continue };
            if targets.contains(made.as_str()) {
                return None;
            }
            missed.get_or_insert(made);
        }
        missed.filter(|made| made.len() <= 256)
    }
}

/// Lists samples: small numbers, round ones, and those in the names of the targets, as numbers and as texts.
fn values(targets: &BTreeSet<&str>) -> Vec<Value> {
    let digits = |target: &&str| {
        let pieces = target.split(|c: char| !c.is_ascii_digit()).filter(|piece| !piece.is_empty());
        pieces.map(str::to_owned).collect::<Vec<_>>()
    };
    let named: BTreeSet<String> = targets.iter().take(TARGETS).flat_map(digits).collect();
    let round = (1..=17).flat_map(|power| [10_i64.pow(power), 5 * 10_i64.pow(power), 1 << (3 * power)]);
    let numbers = (0..64).chain(round).chain(named.iter().filter_map(|digits| digits.parse().ok()));
    let numbers: BTreeSet<i64> = numbers.collect();
    // A moment as text begins with its year and month, which is what names of tables end with.
    let texts = named.iter().flat_map(|digits| [digits.clone(), format!("{digits}0101000000000000")]);
    let of_numbers = numbers.iter().map(|number| Value::whole((*number).into()));
    let of_texts = texts.chain((0..16).map(|number: i32| number.to_string())).map(Value::Text);
    of_numbers.chain(of_texts).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn miss(expression: &str, targets: &str) -> Option<String> {
        let expression = Expression::parse(expression).unwrap();
        let targets = Expression::parse(targets).unwrap().expand().unwrap();
        Samples::default().miss(&expression, &targets.iter().map(String::as_str).collect())
    }

    #[test]
    fn an_expression_that_names_other_tables_is_doubted() {
        // The examples of the specification have this slip in every copy.
        assert_eq!(miss("d_order_${order_id % 2}", "t_order_${0..1}").as_deref(), Some("d_order_0"));
        assert_eq!(miss("t_order_${order_id % 2 + 5}", "t_order_${0..1}").as_deref(), Some("t_order_5"));
    }

    #[test]
    fn an_expression_that_may_name_a_table_is_not_doubted() {
        let lawful = [
            ("t_order_${order_id % 2}", "t_order_${0..1}"),
            ("t_${id.intdiv(1000000)}", "t_${5..9}"),
            ("t_${created.substring(0, 6)}", "t_2023${10..12}"),
            ("t_${name.hashCode().abs() % 4}", "t_${0..3}"),
            ("t_${year}", "t_${2024..2026}"),
            ("t_${(a + b) % 4}", "t_${[3]}"),
            ("t_${(a * 3 + b) % 8}_${a % 2}", "t_${[5]}_${[1]}"),
        ];
        for (expression, targets) in lawful {
            assert_eq!(miss(expression, targets), None, "{expression}");
        }
    }

    #[test]
    fn what_cannot_be_evaluated_is_not_doubted() {
        assert_eq!(miss("t_${code.substring(40, 41)}", "t_a"), None);
    }

    #[test]
    fn an_object_has_so_many_tries_and_no_more() {
        let expression = Expression::parse("x_${id}").unwrap();
        let mut samples = Samples { left: 3 };
        assert_eq!(samples.miss(&expression, &BTreeSet::from(["t_0"])), None);
        assert_eq!(samples.left, 0);
    }
}
