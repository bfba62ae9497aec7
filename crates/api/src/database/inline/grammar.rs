//! What stands between operands inside a hole: operators by their precedence, the choice, the signs.
//!
//! ```text
//! expression = binary [ "?:" expression | "?" expression ":" expression ]
//! binary     = unary *( operator unary )       by the levels of OPERATORS, all of them from left to right
//! unary      = "!" unary | "-" postfix | postfix
//! ```

use super::arithmetic;
use super::invalid::InvalidExpression;
use super::parser::Parser;
use super::tree::{Node, NodeKind, Operator};
use super::value::Value;

/// The operators and how tightly they bind, a symbol before those it begins with. Source: Groovy 2.4.
const OPERATORS: [(Operator, u8); 16] = [
    (Operator::Or, 0),
    (Operator::And, 1),
    (Operator::Equal, 2),
    (Operator::NotEqual, 2),
    (Operator::LessOrEqual, RELATIONAL),
    (Operator::GreaterOrEqual, RELATIONAL),
    (Operator::Less, RELATIONAL),
    (Operator::Greater, RELATIONAL),
    (Operator::RangeBefore, RANGE),
    (Operator::Range, RANGE),
    (Operator::Add, 5),
    (Operator::Subtract, 5),
    (Operator::Power, 7),
    (Operator::Multiply, 6),
    (Operator::Divide, 6),
    (Operator::Remainder, 6),
];
/// Two levels on which operators do not chain: `1 < 2 < 3` and `1..2..3` mean nothing.
const RELATIONAL: u8 = 3;
const RANGE: u8 = 4;

impl Parser<'_> {
    /// Parses what fills a hole, a bracket or an argument.
    pub(super) fn expression(&mut self) -> Result<Node, InvalidExpression> {
        self.deeper(Self::choice)
    }

    fn choice(&mut self) -> Result<Node, InvalidExpression> {
        let condition = self.binary(0)?;
        self.skip_blanks();
        let at = self.at;
        if self.eat(Operator::Elvis.symbol()) {
            let otherwise = self.expression()?;
            self.check_widths(at, &condition, &otherwise)?;
            return Node::try_new(at, NodeKind::Binary(Operator::Elvis, Box::new([condition, otherwise])));
        }
        if !self.eat("?") {
            return Ok(condition);
        }
        let then = self.expression()?;
        self.expect(":", "an operator, or `:` of the choice")?;
        let otherwise = self.expression()?;
        self.check_widths(at, &then, &otherwise)?;
        Node::try_new(at, NodeKind::Choice(Box::new([condition, then, otherwise])))
    }

    /// Refuses `a ? 1 : 3L`: Groovy 2.4 makes the 1 a Long, but not where a branch holds a variable or a call.
    fn check_widths(&mut self, at: usize, left: &Node, right: &Node) -> Result<(), InvalidExpression> {
        match left.literal_bits().zip(right.literal_bits()) {
            Some((left, right)) if left != right => {
                self.at = at;
                Err(self.refuse("two integers of the same type, as in `? 1L : 3L`"))
            }
            _ => Ok(()),
        }
    }

    fn binary(&mut self, lowest: u8) -> Result<Node, InvalidExpression> {
        let mut left = self.unary()?;
        while let Some((operator, level)) = self.operator().filter(|(_, level)| *level >= lowest) {
            let at = self.at;
            self.at += operator.symbol().len();
            let right = self.binary(level + 1)?;
            left = Node::try_new(at, NodeKind::Binary(operator, Box::new([left, right])))?;
            let next = self.operator().map(|(_, level)| level);
            if matches!(level, RELATIONAL | RANGE) && next == Some(level) {
                return Err(self.refuse("parentheses, or an operator that chains"));
            }
        }
        Ok(left)
    }

    /// Looks at the operator behind the blanks. `++` and `--` are none.
    fn operator(&mut self) -> Option<(Operator, u8)> {
        self.skip_blanks();
        let rest = self.rest();
        let known = OPERATORS.into_iter().find(|(operator, _)| rest.starts_with(operator.symbol()));
        known.filter(|_| !rest.starts_with("++") && !rest.starts_with("--"))
    }

    fn unary(&mut self) -> Result<Node, InvalidExpression> {
        self.skip_blanks();
        let at = self.at;
        let signed = if self.eat("!") {
            let operand = self.deeper(Self::unary)?;
            Node::try_new(at, NodeKind::Not(Box::new(operand)))?
        } else if self.eat("-") {
            self.negated(at)?
        } else {
            return self.postfix();
        };
        // Groovy 2.4 reads `-2 ** 2` as -(2 ** 2), and `1 * -2 ** 2` as 1 * ((-2) ** 2).
        match self.operator() {
            Some((Operator::Power, _)) => Err(self.refuse("parentheses around the signed base of `**`")),
            _ => Ok(signed),
        }
    }

    /// Takes a sign and a literal as one number: `-2147483648` is an Integer, `-(2147483648)` a Long.
    fn negated(&mut self, at: usize) -> Result<Node, InvalidExpression> {
        self.skip_blanks();
        let is_digit = |character: char| character.is_ascii_digit();
        let begins = self.rest().starts_with(is_digit);
        let operand = self.postfix()?;
        let bare = begins && self.text[at..self.at].trim_end().ends_with(is_digit);
        let number = if let NodeKind::Literal(value) = &operand.kind { arithmetic::whole(value) } else { None };
        match number.filter(|_| bare) {
            Some(number) => Node::try_new(at, NodeKind::Literal(Value::whole(-number))),
            None => Node::try_new(at, NodeKind::Negate(Box::new(operand))),
        }
    }
}
