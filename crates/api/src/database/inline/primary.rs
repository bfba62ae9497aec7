//! The operands inside a hole: numbers, texts, names, lists, brackets, and the calls and indexes behind them.

use super::decimal::Decimal;
use super::invalid::InvalidExpression;
use super::parser::Parser;
use super::tree::{Function, Method, Node, NodeKind, Piece};
use super::value::Value;

/// The methods of the subset, with the fewest and the most arguments.
const METHODS: [(&str, Method, usize, usize); 8] = [
    ("abs", Method::Abs, 0, 0),
    ("intdiv", Method::Intdiv, 1, 1),
    ("hashCode", Method::HashCode, 0, 0),
    ("toLong", Method::ToLong, 0, 0),
    ("toInteger", Method::ToInteger, 0, 0),
    ("toString", Method::ToText, 0, 0),
    ("substring", Method::Substring, 1, 2),
    ("padLeft", Method::PadLeft, 1, 2),
];
const A_METHOD: &str = "`abs()`, `intdiv(n)`, `hashCode()`, `toLong()`, `toInteger()`, `toString()`, \
     `substring(from, before)` or `padLeft(n, '0')`";

/// The functions of the subset: class, name, function; each takes one argument.
const FUNCTIONS: [(&str, &str, Function); 5] = [
    ("Math", "abs", Function::Abs),
    ("Integer", "parseInt", Function::ParseInteger),
    ("Integer", "valueOf", Function::IntegerOf),
    ("Long", "parseLong", Function::ParseLong),
    ("Long", "valueOf", Function::LongOf),
];
const A_FUNCTION: &str =
    "`Math.abs(x)`, `Integer.parseInt(s)`, `Integer.valueOf(x)`, `Long.parseLong(s)` or `Long.valueOf(x)`";

/// Names that never mean a column: words of Groovy, then what a closure calls its own.
const RESERVED: &str = " abstract as assert boolean break byte case catch char class const continue def default do \
     double else enum extends final finally float for goto if implements import in instanceof int interface long \
     native new package private protected public return short static strictfp super switch synchronized this \
     threadsafe throw throws trait transient try void volatile while \
     delegate directive it maximumNumberOfParameters metaClass owner parameterTypes resolveStrategy thisObject ";

const AN_OPERAND: &str = "a number, a text in quotes, a column, `(…)`, `[…]`, `true`, `false`, `null`, or a call of `Math`, `Integer`, `Long`";
const A_NUMBER: &str =
    "a whole number such as `8`, `8L` or `8G` of at most 127 bits, or one with a point such as `0.5`";

impl<'a> Parser<'a> {
    /// Parses an operand and the calls and indexes behind it.
    pub(super) fn postfix(&mut self) -> Result<Node, InvalidExpression> {
        let mut node = self.primary()?;
        loop {
            self.skip_blanks();
            let at = self.at;
            if self.eat("[") {
                let index = self.expression()?;
                self.expect("]", "an operator, or `]` behind the index")?;
                node = Node::try_new(at, NodeKind::Index(Box::new([node, index])))?;
            } else if !self.rest().starts_with("..") && self.eat(".") {
                node = self.call(at, node)?;
            } else {
                return Ok(node);
            }
        }
    }

    fn call(&mut self, at: usize, receiver: Node) -> Result<Node, InvalidExpression> {
        self.skip_blanks();
        let start = self.at;
        let name = self.name();
        let known = METHODS.into_iter().find(|(method, ..)| *method == name);
        let Some((_, method, fewest, most)) = known else { return Err(self.refuse_from(start, A_METHOD)) };
        self.expect("(", A_METHOD)?;
        let arguments = self.members(")")?;
        if !(fewest..=most).contains(&arguments.len()) {
            return Err(self.refuse_from(start, A_METHOD));
        }
        Node::try_new(at, NodeKind::Call(method, Box::new(receiver), arguments))
    }

    fn primary(&mut self) -> Result<Node, InvalidExpression> {
        self.skip_blanks();
        let at = self.at;
        match self.peek() {
            Some('0'..='9') => self.number(),
            Some('\'') => self.plain_text(),
            Some('"') => {
                self.at += 1;
                let template = self.quoted_template()?;
                let kind = match template.pieces.as_slice() {
                    [] => NodeKind::Literal(Value::Text(String::new())),
                    [Piece::Text(text)] => NodeKind::Literal(Value::Text(text.clone())),
                    _ => NodeKind::Template(template),
                };
                Node::try_new(at, kind)
            }
            Some('(') => {
                self.at += 1;
                let node = self.expression()?;
                self.expect(")", "an operator, or `)`")?;
                Ok(node)
            }
            Some('[') => {
                self.at += 1;
                let members = self.members("]")?;
                Node::try_new(at, NodeKind::List(members))
            }
            Some(character) if character.is_alphabetic() || character == '_' => self.named(),
            _ => Err(self.refuse(AN_OPERAND)),
        }
    }

    /// Parses expressions separated by commas, and the bracket that closes them.
    fn members(&mut self, close: &str) -> Result<Vec<Node>, InvalidExpression> {
        let mut members = Vec::new();
        self.skip_blanks();
        if self.eat(close) {
            return Ok(members);
        }
        loop {
            members.push(self.expression()?);
            self.skip_blanks();
            if self.eat(close) {
                return Ok(members);
            }
            self.expect(",", "an operator, `,`, or the closing bracket")?;
        }
    }

    /// Parses a number: behind a leading zero it is octal, as Groovy reads it.
    fn number(&mut self) -> Result<Node, InvalidExpression> {
        let at = self.at;
        let digits = self.take_while(|character| character.is_ascii_digit());
        let behind = self.rest().strip_prefix('.').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        let value = if behind {
            self.at += 1;
            self.take_while(|character| character.is_ascii_digit());
            Decimal::parse(&self.text[at..self.at]).map(Value::Decimal)
        } else {
            let radix = if digits.len() > 1 && digits.starts_with('0') { 8 } else { 10 };
            let number = i128::from_str_radix(digits, radix).ok();
            if self.eat("L") {
                number.and_then(|number| i64::try_from(number).ok()).map(Value::Long)
            } else if self.eat("G") {
                number.map(Value::Big)
            } else {
                number.map(Value::whole)
            }
        };
        let ends = !self.peek().is_some_and(is_of_name);
        let value = value.filter(|_| ends).ok_or_else(|| self.refuse_from(at, A_NUMBER))?;
        Node::try_new(at, NodeKind::Literal(value))
    }

    /// Parses a text in single quotes: no holes, no escapes.
    fn plain_text(&mut self) -> Result<Node, InvalidExpression> {
        let at = self.at;
        self.at += 1;
        let start = self.at;
        loop {
            self.take_while(|character| !character.is_control() && !matches!(character, '\'' | '\\' | '$'));
            // A lone `$` is text; a hole would be cut out by ShardingSphere before Groovy sees the quotes.
            if self.at_hole() || !self.eat("$") {
                break;
            }
        }
        let text = self.text[start..self.at].to_owned();
        self.expect_here("'", "text without `\\`, `${` and control characters, or the closing `'`")?;
        Node::try_new(at, NodeKind::Literal(Value::Text(text)))
    }

    /// Parses a word: a literal, a function of a class, or a column.
    fn named(&mut self) -> Result<Node, InvalidExpression> {
        let at = self.at;
        let name = self.name();
        match name {
            "true" | "false" => Node::try_new(at, NodeKind::Literal(Value::Boolean(name == "true"))),
            "null" => Node::try_new(at, NodeKind::Literal(Value::Null)),
            _ if FUNCTIONS.iter().any(|(class, ..)| *class == name) => self.function(at, name),
            _ if RESERVED.contains(&format!(" {name} ")) => Err(self.refuse_from(at, AN_OPERAND)),
            _ => Node::try_new(at, NodeKind::Variable(name.to_owned())),
        }
    }

    fn function(&mut self, at: usize, class: &str) -> Result<Node, InvalidExpression> {
        self.expect(".", A_FUNCTION)?;
        self.skip_blanks();
        let name = self.name();
        let known = FUNCTIONS.into_iter().find(|function| (function.0, function.1) == (class, name));
        let Some((.., function)) = known else { return Err(self.refuse_from(at, A_FUNCTION)) };
        self.expect("(", A_FUNCTION)?;
        let argument = self.expression()?;
        self.expect(")", "an operator, or `)` behind the one argument")?;
        Node::try_new(at, NodeKind::Static(function, Box::new(argument)))
    }

    fn name(&mut self) -> &'a str {
        self.take_while(is_of_name)
    }

    fn expect_here(&mut self, symbol: &str, allowed: &'static str) -> Result<(), InvalidExpression> {
        if self.eat(symbol) { Ok(()) } else { Err(self.refuse(allowed)) }
    }

    fn refuse_from(&mut self, start: usize, allowed: &'static str) -> InvalidExpression {
        self.at = start;
        self.refuse(allowed)
    }
}

fn is_of_name(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}
