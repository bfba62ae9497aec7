//! The product of the holes of every part: all names an expression stands for.

use std::collections::HashSet;

use super::evaluation::{Evaluation, Yield, at};
use super::fault::{EvalError, Fault};
use super::tree::{Piece, Template};
use super::value::Value;
use super::{MOST_NAMES, MOST_TEXT};

/// Expands the parts one after another; no variable is bound.
pub(super) fn expand(parts: &[Template]) -> Result<Vec<String>, EvalError> {
    let mut evaluation = Evaluation::new(&|_| None);
    let mut names = Vec::new();
    for part in parts {
        let room = MOST_NAMES - names.len();
        names.append(&mut product(&mut evaluation, part, room)?);
    }
    Ok(names)
}

/// Makes the names of one part: the leftmost hole changes slowest.
fn product(evaluation: &mut Evaluation<'_>, part: &Template, room: usize) -> Result<Vec<String>, EvalError> {
    let mut names = vec![String::new()];
    let mut place = 0;
    for piece in &part.pieces {
        names = match piece {
            Piece::Text(text) => cross(&names, std::slice::from_ref(text), room),
            Piece::Hole(node) => {
                place = node.at;
                let choices = choices(evaluation.yields(node)?).map_err(at(node))?;
                cross(&names, &choices, room)
            }
        }
        .map_err(|fault| EvalError { at: place, fault })?;
    }
    let made = names.iter().map(String::len).sum();
    evaluation.budget.text(made).map_err(|fault| EvalError { at: place, fault })?;
    Ok(names)
}

/// Returns the texts a hole stands for, each once. Null alone is the empty text; within a list it is refused.
fn choices(yielded: Yield) -> Result<Vec<String>, Fault> {
    match yielded {
        Yield::One(Value::Null) => Ok(vec![String::new()]),
        Yield::One(value) => Ok(vec![value.to_string()]),
        Yield::Template(text) => Ok(vec![text]),
        Yield::Many(members) => {
            let mut seen = HashSet::new();
            let mut texts = members.iter().map(Value::piece).collect::<Result<Vec<_>, _>>()?;
            texts.retain(|text| seen.insert(text.clone()));
            Ok(texts)
        }
    }
}

/// Puts every choice behind every name. Measured before it is made.
fn cross(names: &[String], choices: &[String], room: usize) -> Result<Vec<String>, Fault> {
    let length = |texts: &[String]| texts.iter().map(String::len).sum::<usize>();
    let count = names.len().checked_mul(choices.len()).filter(|count| *count <= room);
    let count = count.ok_or(Fault::TooMany)?;
    let bytes =
        [(length(names), choices.len()), (length(choices), names.len())].map(|(bytes, of)| bytes.checked_mul(of));
    match bytes {
        [Some(left), Some(right)] if left.saturating_add(right) <= MOST_TEXT => {}
        _ => return Err(Fault::TooMuchText),
    }
    let mut crossed = Vec::with_capacity(count);
    for name in names {
        crossed.extend(choices.iter().map(|choice| format!("{name}{choice}")));
    }
    Ok(crossed)
}
