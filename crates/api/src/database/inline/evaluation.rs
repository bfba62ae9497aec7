//! Walks the tree of an expression with the columns bound.

use std::cmp::Ordering;

use super::budget::Budget;
use super::fault::{EvalError, Fault};
use super::tree::{Node, NodeKind, Operator, Piece, Template};
use super::value::Value;
use super::{arithmetic, call, text};

/// An index, in messages.
const INDEX: &str = "[…]";

/// What a node yields.
pub(super) enum Yield {
    /// One value.
    One(Value),
    /// A text made from a template: a text in all but its hash.
    Template(String),
    /// The members of a list or a range.
    Many(Vec<Value>),
}

/// One evaluation: the values of the columns, and what may still be made.
pub(super) struct Evaluation<'a> {
    variables: &'a dyn Fn(&str) -> Option<Value>,
    pub(super) budget: Budget,
}

impl<'a> Evaluation<'a> {
    pub(super) fn new(variables: &'a dyn Fn(&str) -> Option<Value>) -> Self {
        Self { variables, budget: Budget::new() }
    }

    /// Writes a template with every hole filled with one value.
    pub(super) fn name(&mut self, template: &Template) -> Result<String, EvalError> {
        let mut name = String::new();
        for piece in &template.pieces {
            match piece {
                Piece::Text(text) => name.push_str(text),
                Piece::Hole(node) => name.push_str(&self.one(node)?.piece().map_err(at(node))?),
            }
        }
        self.budget.text(name.len()).map_err(|fault| EvalError { at: 0, fault })?;
        Ok(name)
    }

    /// Evaluates a node.
    pub(super) fn yields(&mut self, node: &Node) -> Result<Yield, EvalError> {
        let value = match &node.kind {
            NodeKind::Literal(value) => value.clone(),
            NodeKind::Variable(name) => {
                (self.variables)(name).ok_or_else(|| Fault::Unbound(name.clone())).map_err(at(node))?
            }
            NodeKind::List(members) => return self.list(members),
            NodeKind::Template(template) => return self.name(template).map(Yield::Template),
            NodeKind::Negate(operand) => arithmetic::negate(&self.one(operand)?).map_err(at(node))?,
            NodeKind::Not(operand) => Value::Boolean(!self.truth(operand)?),
            NodeKind::Binary(operator, operands) => return self.binary(node, *operator, operands),
            NodeKind::Choice(branches) => {
                let [condition, then, otherwise] = branches.as_ref();
                let chosen = if self.truth(condition)? { then } else { otherwise };
                return self.yields(chosen);
            }
            NodeKind::Index(operands) => self.index(node, operands)?,
            NodeKind::Call(method, receiver, arguments) => {
                let receiver = self.yields(receiver)?;
                let arguments = arguments.iter().map(|argument| self.one(argument)).collect::<Result<Vec<_>, _>>()?;
                call::method(&mut self.budget, *method, receiver, &arguments).map_err(at(node))?
            }
            NodeKind::Static(function, argument) => {
                call::function(*function, &self.one(argument)?).map_err(at(node))?
            }
        };
        Ok(Yield::One(value))
    }

    /// Evaluates a node that must yield one value.
    fn one(&mut self, node: &Node) -> Result<Value, EvalError> {
        match self.yields(node)? {
            Yield::One(value) => Ok(value),
            Yield::Template(text) => Ok(Value::Text(text)),
            Yield::Many(_) => Err(at(node)(Fault::List)),
        }
    }

    fn truth(&mut self, node: &Node) -> Result<bool, EvalError> {
        self.yields(node).map(|yielded| yielded.truth())
    }

    fn list(&mut self, nodes: &[Node]) -> Result<Yield, EvalError> {
        let mut members = Vec::new();
        for node in nodes {
            let member = self.one(node)?;
            // A column may hold a long text, and a list may name it many times.
            let bytes = if let Value::Text(text) = &member { text.len() } else { 0 };
            self.budget.members(1).and_then(|()| self.budget.text(bytes)).map_err(at(node))?;
            members.push(member);
        }
        Ok(Yield::Many(members))
    }

    fn binary(&mut self, node: &Node, operator: Operator, operands: &[Node; 2]) -> Result<Yield, EvalError> {
        let [left, right] = operands;
        let value = match operator {
            Operator::Or => Value::Boolean(self.truth(left)? || self.truth(right)?),
            Operator::And => Value::Boolean(self.truth(left)? && self.truth(right)?),
            Operator::Elvis => {
                let yielded = self.yields(left)?;
                return if yielded.truth() { Ok(yielded) } else { self.yields(right) };
            }
            Operator::Add => return self.add(node, operands),
            Operator::Range | Operator::RangeBefore => {
                let (from, to) = (self.one(left)?, self.one(right)?);
                return self.range(operator, &from, &to).map(Yield::Many).map_err(at(node));
            }
            Operator::Equal | Operator::NotEqual => {
                let equal = equal(operator, &self.one(left)?, &self.one(right)?).map_err(at(node))?;
                Value::Boolean(equal == (operator == Operator::Equal))
            }
            Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual => {
                let order = compare(operator, &self.one(left)?, &self.one(right)?).map_err(at(node))?;
                Value::Boolean(match operator {
                    Operator::Less => order.is_lt(),
                    Operator::LessOrEqual => order.is_le(),
                    Operator::Greater => order.is_gt(),
                    _ => order.is_ge(),
                })
            }
            Operator::Subtract | Operator::Multiply | Operator::Divide | Operator::Remainder | Operator::Power => {
                arithmetic::compute(operator, &self.one(left)?, &self.one(right)?).map_err(at(node))?
            }
        };
        Ok(Yield::One(value))
    }

    /// Adds numbers or joins texts. Only a template in front of a text stays a template: the hash depends on it.
    fn add(&mut self, node: &Node, [left, right]: &[Node; 2]) -> Result<Yield, EvalError> {
        let (left, right) = (self.yields(left)?, self.one(right)?);
        let fault = at(node);
        match left {
            Yield::Many(_) => Err(fault(Fault::List)),
            Yield::Template(text) => {
                let keep = if matches!(right, Value::Text(_)) { Yield::Template } else { plain };
                self.join(&Value::Text(text), &right).map(keep).map_err(fault)
            }
            Yield::One(left) if is_joined(&left, &right) => self.join(&left, &right).map(plain).map_err(fault),
            Yield::One(left) => arithmetic::compute(Operator::Add, &left, &right).map(Yield::One).map_err(fault),
        }
    }

    fn join(&mut self, left: &Value, right: &Value) -> Result<String, Fault> {
        if matches!((left, right), (Value::Null, _) | (_, Value::Null)) {
            return Err(arithmetic::mismatch(Operator::Add, left, right));
        }
        let text = format!("{left}{right}");
        self.budget.text(text.len())?;
        Ok(text)
    }

    fn range(&mut self, operator: Operator, from: &Value, to: &Value) -> Result<Vec<Value>, Fault> {
        let (ends, member): (_, fn(i128) -> Option<Value>) = match (from, to) {
            (Value::Integer(from), Value::Integer(to)) => {
                (((*from).into(), (*to).into()), |number| i32::try_from(number).ok().map(Value::Integer))
            }
            (Value::Integer(_) | Value::Long(_), Value::Integer(_) | Value::Long(_)) => {
                let ends = arithmetic::whole(from).zip(arithmetic::whole(to)).ok_or(Fault::Range)?;
                (ends, |number| i64::try_from(number).ok().map(Value::Long))
            }
            (Value::Text(from), Value::Text(to)) => {
                let ends = ascii(from).zip(ascii(to)).ok_or(Fault::Range)?;
                (ends, |unit| u8::try_from(unit).ok().map(|byte| Value::Text(char::from(byte).to_string())))
            }
            _ => return Err(arithmetic::mismatch(operator, from, to)),
        };
        let (from, to): (i128, i128) = ends;
        let length = (to - from).abs() + i128::from(operator == Operator::Range);
        self.budget.members(usize::try_from(length).map_err(|_| Fault::TooMany)?)?;
        Ok((0..length).filter_map(|step| member(from + step * (to - from).signum())).collect())
    }

    /// Takes one unit of a text, or those a range names. The range is never made: only its ends count.
    fn index(&mut self, node: &Node, [subject, index]: &[Node; 2]) -> Result<Value, EvalError> {
        let subject = match self.one(subject)? {
            Value::Text(text) => text,
            other => return Err(Fault::Operand { operation: INDEX, found: other.type_name() }).map_err(at(node)),
        };
        let cut = match &index.kind {
            NodeKind::Binary(operator @ (Operator::Range | Operator::RangeBefore), ends) => {
                let [from, to] = [&ends[0], &ends[1]].map(|end| self.one(end));
                let (from, to) = (call::position(INDEX, &from?), call::position(INDEX, &to?));
                let slice = if *operator == Operator::Range { text::slice } else { text::slice_before };
                from.and_then(|from| slice(&subject, from, to?))
            }
            _ => call::position(INDEX, &self.one(index)?).and_then(|index| text::at(&subject, index)),
        };
        cut.and_then(|cut| self.budget.text(cut.len()).map(|()| Value::Text(cut))).map_err(at(node))
    }
}

impl Yield {
    fn truth(&self) -> bool {
        match self {
            Self::One(value) => value.truth(),
            Self::Template(text) => !text.is_empty(),
            Self::Many(members) => !members.is_empty(),
        }
    }
}

fn plain(text: String) -> Yield {
    Yield::One(Value::Text(text))
}

/// Says where a fault is.
pub(super) fn at(node: &Node) -> impl Fn(Fault) -> EvalError + use<> {
    let at = node.at;
    move |fault| EvalError { at, fault }
}

/// Compares by value. A number and a text are refused: Groovy finds `53` equal to `'5'`, the character.
fn equal(operator: Operator, left: &Value, right: &Value) -> Result<bool, Fault> {
    match (left, right) {
        (Value::Null, other) | (other, Value::Null) => Ok(*other == Value::Null),
        (Value::Boolean(left), Value::Boolean(right)) => Ok(left == right),
        _ => compare(operator, left, right).map(Ordering::is_eq),
    }
}

/// Orders two numbers by value, or two texts by their UTF-16 units.
fn compare(operator: Operator, left: &Value, right: &Value) -> Result<Ordering, Fault> {
    match (left, right) {
        (Value::Text(left), Value::Text(right)) => Ok(left.encode_utf16().cmp(right.encode_utf16())),
        _ => arithmetic::compare(left, right).ok_or_else(|| arithmetic::mismatch(operator, left, right))?,
    }
}

/// Says whether `+` joins texts: anything behind a text, and a text behind a number.
fn is_joined(left: &Value, right: &Value) -> bool {
    let number = arithmetic::truncated(left).is_some() || matches!(left, Value::Decimal(_));
    matches!(left, Value::Text(_)) || (number && matches!(right, Value::Text(_)))
}

fn ascii(text: &str) -> Option<i128> {
    match text.as_bytes() {
        [byte] => Some((*byte).into()),
        _ => None,
    }
}
