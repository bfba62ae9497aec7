//! The parser's place in the text, and the templates: texts with holes.
//!
//! `grammar` and `primary` go on with what stands inside a hole. Byte by byte with one place and no tokens, because
//! what a `"` or a `}` means depends on what is open.

use super::invalid::InvalidExpression;
use super::tree::{Node, Piece, Template};
use super::{DEEPEST, LONGEST};

/// What opens a hole. The second is for files in which the first means something else.
const HOLES: [&str; 2] = ["${", "$->{"];
/// Longest piece of the expression that is quoted back, in characters.
const QUOTE: usize = 20;

const IN_PART: &str = "text without `$ { } \" \\` and control characters, or `${…}`";
const IN_QUOTES: &str = "text without `$`, `\\` and control characters, `${…}`, or the closing `\"`";

/// Reads an expression from left to right.
pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    pub(super) fn new(text: &'a str) -> Result<Self, InvalidExpression> {
        if text.len() > LONGEST {
            return Err(InvalidExpression::TooLong);
        }
        Ok(Self { text, at: 0, depth: 0 })
    }

    /// Parses the whole text: parts separated by commas, empty ones dropped.
    pub(super) fn parts(mut self) -> Result<Vec<Template>, InvalidExpression> {
        let mut parts = Vec::new();
        loop {
            self.take_while(is_blank);
            let part = self.part()?;
            if !part.pieces.is_empty() {
                parts.push(part);
            }
            if !self.eat(",") {
                break;
            }
        }
        if parts.is_empty() { Err(InvalidExpression::Empty) } else { Ok(parts) }
    }

    /// Parses one part, up to the comma or the end; white space in front of these is not of the part.
    fn part(&mut self) -> Result<Template, InvalidExpression> {
        let mut template = Template::default();
        loop {
            let start = self.at;
            self.take_while(|character| {
                !character.is_control() && !matches!(character, ',' | '$' | '{' | '}' | '"' | '\\')
            });
            let mut text = &self.text[start..self.at];
            let blanks = self.take_while(is_blank);
            let ends = self.peek().is_none_or(|character| character == ',');
            if ends {
                text = text.trim_end_matches(is_blank);
            } else if !blanks.is_empty() {
                self.at -= blanks.len();
                return Err(self.refuse(IN_PART));
            }
            template.push(text);
            if ends {
                return Ok(template);
            }
            template.pieces.push(Piece::Hole(self.hole()?.ok_or_else(|| self.refuse(IN_PART))?));
        }
    }

    /// Parses a text in double quotes behind its opening quote; without a hole it is a plain text.
    pub(super) fn quoted_template(&mut self) -> Result<Template, InvalidExpression> {
        let mut template = Template::default();
        loop {
            let lawful = |character: char| !character.is_control() && !matches!(character, '$' | '"' | '\\');
            template.push(self.take_while(lawful));
            if self.eat("\"") {
                return Ok(template);
            }
            template.pieces.push(Piece::Hole(self.hole()?.ok_or_else(|| self.refuse(IN_QUOTES))?));
        }
    }

    fn hole(&mut self) -> Result<Option<Node>, InvalidExpression> {
        if !HOLES.iter().any(|hole| self.eat(hole)) {
            return Ok(None);
        }
        let node = self.expression()?;
        self.expect("}", "an operator, or `}` at the end of the hole")?;
        Ok(Some(node))
    }

    /// Says whether a hole opens here.
    pub(super) fn at_hole(&self) -> bool {
        HOLES.iter().any(|hole| self.rest().starts_with(hole))
    }

    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn eat(&mut self, symbol: &str) -> bool {
        let found = self.rest().starts_with(symbol);
        self.at += if found { symbol.len() } else { 0 };
        found
    }

    /// Takes a symbol behind blanks, or refuses what stands there.
    pub(super) fn expect(&mut self, symbol: &str, allowed: &'static str) -> Result<(), InvalidExpression> {
        self.skip_blanks();
        if self.eat(symbol) { Ok(()) } else { Err(self.refuse(allowed)) }
    }

    pub(super) fn take_while(&mut self, lawful: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let length = rest.find(|character| !lawful(character)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    /// Skips blanks inside a hole. A line break is no blank: Groovy would end the expression there.
    pub(super) fn skip_blanks(&mut self) {
        self.take_while(|character| matches!(character, ' ' | '\t'));
    }

    /// Goes one level deeper for what `parse` reads.
    pub(super) fn deeper<T>(
        &mut self,
        parse: impl FnOnce(&mut Self) -> Result<T, InvalidExpression>,
    ) -> Result<T, InvalidExpression> {
        if self.depth == DEEPEST {
            return Err(InvalidExpression::TooDeep { at: self.at });
        }
        self.depth += 1;
        let parsed = parse(self)?;
        self.depth -= 1;
        Ok(parsed)
    }

    /// Says what stands here and what is allowed instead.
    pub(super) fn refuse(&self, allowed: &'static str) -> InvalidExpression {
        let rest = self.rest();
        let mut found: String = rest.chars().take(QUOTE).map(|c| if c.is_control() { '␤' } else { c }).collect();
        if rest.chars().nth(QUOTE).is_some() {
            found.push('…');
        }
        let found = if rest.is_empty() { "the end".to_owned() } else { format!("`{found}`") };
        InvalidExpression::Unexpected { at: self.at, found, allowed }
    }
}

/// Says whether Java's `trim` drops it: the space and all control characters before it.
fn is_blank(character: char) -> bool {
    character <= ' '
}

impl Template {
    fn push(&mut self, text: &str) {
        if !text.is_empty() {
            self.pieces.push(Piece::Text(text.to_owned()));
        }
    }
}
