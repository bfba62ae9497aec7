//! What an expression is once it parsed: a small tree whose depth is bounded.

use std::collections::BTreeSet;

use super::DEEPEST;
use super::invalid::InvalidExpression;
use super::value::Value;

/// A text with holes: a part of the list, or a text in double quotes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Template {
    pub(super) pieces: Vec<Piece>,
}

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Text(String),
    Hole(Node),
}

/// An operation and where it stands. Its depth is kept so that evaluating and dropping it cannot exhaust the stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) at: usize,
    pub(super) depth: usize,
    pub(super) kind: NodeKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NodeKind {
    Literal(Value),
    Variable(String),
    List(Vec<Node>),
    Template(Template),
    Negate(Box<Node>),
    Not(Box<Node>),
    Binary(Operator, Box<[Node; 2]>),
    Choice(Box<[Node; 3]>),
    Index(Box<[Node; 2]>),
    Call(Method, Box<Node>, Vec<Node>),
    Static(Function, Box<Node>),
}

/// An operator between two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Elvis,
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Range,
    RangeBefore,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Power,
}

/// A method of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Abs,
    Intdiv,
    HashCode,
    ToLong,
    ToInteger,
    ToText,
    Substring,
    PadLeft,
}

/// A function of a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    Abs,
    ParseInteger,
    IntegerOf,
    ParseLong,
    LongOf,
}

impl Template {
    pub(super) fn depth(&self) -> usize {
        let depth = |piece: &Piece| if let Piece::Hole(node) = piece { node.depth } else { 0 };
        self.pieces.iter().map(depth).max().unwrap_or(0)
    }

    pub(super) fn variables<'a>(&'a self, names: &mut BTreeSet<&'a str>) {
        for piece in &self.pieces {
            if let Piece::Hole(node) = piece {
                node.variables(names);
            }
        }
    }
}

impl Node {
    /// Makes a node. A chain of operators deepens the tree without nesting, so the tree is measured too.
    pub(super) fn try_new(at: usize, kind: NodeKind) -> Result<Self, InvalidExpression> {
        let below = match &kind {
            NodeKind::Template(template) => template.depth(),
            kind => kind.children().map(|node| node.depth).max().unwrap_or(0),
        };
        if below == DEEPEST { Err(InvalidExpression::TooDeep { at }) } else { Ok(Self { at, depth: below + 1, kind }) }
    }

    /// Returns the bits of its widest integer, 32 or 64, when it is made of integer literals and operators alone.
    pub(super) fn literal_bits(&self) -> Option<u32> {
        match &self.kind {
            NodeKind::Literal(Value::Integer(_)) => Some(i32::BITS),
            NodeKind::Literal(Value::Long(_)) => Some(i64::BITS),
            kind @ (NodeKind::Negate(_) | NodeKind::Binary(..)) => {
                kind.children().try_fold(0, |bits, node| node.literal_bits().map(|other| bits.max(other)))
            }
            _ => None,
        }
    }

    fn variables<'a>(&'a self, names: &mut BTreeSet<&'a str>) {
        match &self.kind {
            NodeKind::Variable(name) => {
                names.insert(name);
            }
            NodeKind::Template(template) => template.variables(names),
            kind => kind.children().for_each(|node| node.variables(names)),
        }
    }
}

impl NodeKind {
    fn children(&self) -> impl Iterator<Item = &Node> {
        let (first, others): (Option<&Node>, &[Node]) = match self {
            Self::Literal(_) | Self::Variable(_) | Self::Template(_) => (None, &[]),
            Self::List(nodes) => (None, nodes),
            Self::Negate(node) | Self::Not(node) | Self::Static(_, node) => (Some(node), &[]),
            Self::Binary(_, nodes) | Self::Index(nodes) => (None, nodes.as_slice()),
            Self::Choice(nodes) => (None, nodes.as_slice()),
            Self::Call(_, node, arguments) => (Some(node), arguments),
        };
        first.into_iter().chain(others)
    }
}

impl Operator {
    pub(super) fn symbol(self) -> &'static str {
        match self {
            Self::Elvis => "?:",
            Self::Or => "||",
            Self::And => "&&",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Range => "..",
            Self::RangeBefore => "..<",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
            Self::Power => "**",
        }
    }
}

impl Method {
    pub(super) fn symbol(self) -> &'static str {
        match self {
            Self::Abs => "abs()",
            Self::Intdiv => "intdiv()",
            Self::HashCode => "hashCode()",
            Self::ToLong => "toLong()",
            Self::ToInteger => "toInteger()",
            Self::ToText => "toString()",
            Self::Substring => "substring()",
            Self::PadLeft => "padLeft()",
        }
    }
}

impl Function {
    pub(super) fn symbol(self) -> &'static str {
        match self {
            Self::Abs => "Math.abs()",
            Self::ParseInteger => "Integer.parseInt()",
            Self::IntegerOf => "Integer.valueOf()",
            Self::ParseLong => "Long.parseLong()",
            Self::LongOf => "Long.valueOf()",
        }
    }
}
