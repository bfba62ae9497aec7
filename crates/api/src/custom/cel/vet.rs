//! Reads the syntax tree of a rule before it ever runs: refuses names nobody knows, and puts a price on every step.
//!
//! The crate evaluates without counting. So the tree is rewritten: `a == b` becomes a call of our own, paying equality,
//! an argument whose size matters becomes `@paid(argument)`, and every turn of a loop asks `@tick(cost)` first.

use cel::IdedExpr;
use cel::common::ast::{
    CallExpr, ComprehensionExpr, EntryExpr, Expr, IdedEntryExpr, ListExpr, LiteralValue, MapExpr, SelectExpr, operators,
};

use super::vocabulary::{self, Price};
use crate::custom::structural::pattern::Patterns;

/// The deepest syntax tree that is evaluated.
const DEEPEST: usize = 128;
/// Functions whose second argument is a pattern.
const WITH_PATTERN: [&str; 3] = ["matches", "find", "findAll"];

/// What there is to know about a rule while its tree is read.
#[derive(Debug)]
pub(super) struct Vetting<'a> {
    /// Variables in scope, innermost last.
    names: Vec<String>,
    depth: usize,
    /// Nodes seen so far: what one evaluation without loops costs.
    pub(super) nodes: usize,
    /// Patterns written out in rules, compiled once.
    patterns: &'a mut Patterns,
    pub(super) uses_old_self: bool,
    /// Fields selected from `self`, step by step.
    pub(super) fields: Vec<Vec<String>>,
}

impl<'a> Vetting<'a> {
    pub(super) fn new(variables: &[&str], patterns: &'a mut Patterns) -> Self {
        let names = variables.iter().map(|name| (*name).to_owned()).collect();
        Self { names, depth: 0, nodes: 0, patterns, uses_old_self: false, fields: Vec::new() }
    }

    /// Vets a tree and returns the one to evaluate.
    ///
    /// # Errors
    /// One sentence naming the function, variable or pattern that does not exist or is not lawful.
    pub(super) fn expression(&mut self, tree: IdedExpr) -> Result<IdedExpr, String> {
        self.depth += 1;
        self.nodes += 1;
        if self.depth > DEEPEST {
            return Err(format!("the rule nests deeper than {DEEPEST} levels"));
        }
        let IdedExpr { id, expr } = tree;
        let expr = match expr {
            Expr::Literal(_) => expr,
            Expr::Ident(name) => self.ident(name)?,
            Expr::Select(SelectExpr { operand, field, test }) => {
                self.fields.extend(self.chain(&operand.expr).map(|steps| [steps, vec![field.clone()]].concat()));
                Expr::Select(SelectExpr { operand: Box::new(self.expression(*operand)?), field, test })
            }
            Expr::Call(call) => self.call(call)?,
            Expr::List(ListExpr { elements, optional_indices }) => {
                Expr::List(ListExpr { elements: self.paid_all(elements)?, optional_indices })
            }
            Expr::Map(map) => Expr::Map(self.map(map)?),
            Expr::Comprehension(comprehension) => self.comprehension(*comprehension)?,
            Expr::Struct(message) => {
                return Err(format!("messages such as `{}{{}}` are not offered", message.type_name));
            }
            Expr::Unspecified => return Err("the rule says nothing".to_owned()),
        };
        self.depth -= 1;
        Ok(IdedExpr { id, expr })
    }

    fn ident(&mut self, name: String) -> Result<Expr, String> {
        self.uses_old_self |= name == "oldSelf";
        if self.names.contains(&name) || vocabulary::is_type(&name) {
            return Ok(Expr::Ident(name));
        }
        Err(format!("there is no variable `{name}`; there are {}", self.names.join(", ")))
    }

    /// Returns the fields between `self` and an expression; `None` where it comes from elsewhere.
    fn chain(&self, tree: &Expr) -> Option<Vec<String>> {
        let (mut tree, mut steps) = (tree, Vec::new());
        while let Expr::Select(select) = tree {
            steps.push(select.field.clone());
            tree = &select.operand.expr;
        }
        steps.reverse();
        let ours = self.names.iter().filter(|name| *name == "self").count() == 1;
        matches!(tree, Expr::Ident(name) if name == "self" && ours).then_some(steps)
    }

    fn call(&mut self, call: CallExpr) -> Result<Expr, String> {
        let CallExpr { func_name, target, args } = call;
        let (name, target) = self.qualify(func_name, target);
        let Some(price) = vocabulary::price(&name) else { return Err(unknown(&name)) };
        let count = args.len() + usize::from(target.is_some());
        if let Some(counts) = vocabulary::arguments(&name)
            && !counts.contains(&count)
        {
            return Err(format!("the function `{name}` does not take {count} arguments, its target counted"));
        }
        match price {
            Price::Fixed => Ok(plain(name, self.all(args)?)),
            Price::Size => {
                let target = target.map(|target| self.paid(*target)).transpose()?.map(Box::new);
                Ok(Expr::Call(restore(name, target, self.paid_all(args)?)))
            }
            Price::Own => {
                let args = self.all(target.map(|target| *target).into_iter().chain(args).collect())?;
                self.pattern(&name, &args)?;
                Ok(plain(format!("@{name}"), args))
            }
        }
    }

    /// Joins `sets` and `contains` to `sets.contains`, unless a variable goes by the name of `sets`.
    fn qualify(&self, name: String, target: Option<Box<IdedExpr>>) -> (String, Option<Box<IdedExpr>>) {
        match target {
            Some(target) => match &target.expr {
                Expr::Ident(space) if !self.names.contains(space) && !vocabulary::is_type(space) => {
                    let known = vocabulary::is_namespace(space) || vocabulary::price(&name).is_none();
                    if known { (format!("{space}.{name}"), None) } else { (name, Some(target)) }
                }
                _ => (name, Some(target)),
            },
            None => (name, None),
        }
    }

    /// Compiles a pattern that is written out, so that a bad one is refused now.
    fn pattern(&mut self, name: &str, args: &[IdedExpr]) -> Result<(), String> {
        if let (true, Some(Expr::Literal(LiteralValue::String(text)))) =
            (WITH_PATTERN.contains(&name), args.get(1).map(|arg| &arg.expr))
        {
            let text = text.inner();
            self.patterns.compile(text).map_err(|reason| format!("the pattern `{text}`: {reason}"))?;
        }
        Ok(())
    }

    fn map(&mut self, map: MapExpr) -> Result<MapExpr, String> {
        let mut entries = Vec::with_capacity(map.entries.len());
        for entry in map.entries {
            let expr = match entry.expr {
                EntryExpr::MapEntry(mut entry) => {
                    entry.key = self.paid(entry.key)?;
                    entry.value = self.paid(entry.value)?;
                    EntryExpr::MapEntry(entry)
                }
                EntryExpr::StructField(field) => return Err(format!("the field `{}` of a message", field.field)),
            };
            entries.push(IdedEntryExpr { id: entry.id, expr });
        }
        Ok(MapExpr { entries })
    }

    fn comprehension(&mut self, loops: ComprehensionExpr) -> Result<Expr, String> {
        let ComprehensionExpr { iter_range, iter_var, iter_var2, accu_var, accu_init, .. } = loops;
        let appends = matches!(&accu_init.expr, Expr::List(list) if list.elements.is_empty());
        let (iter_range, accu_init) = (self.paid(iter_range)?, self.expression(accu_init)?);
        let outer = self.names.len();
        self.names.extend([iter_var.clone(), accu_var.clone()].into_iter().chain(iter_var2.clone()));
        let before = self.nodes;
        let (loop_cond, loop_step) = if appends {
            let cost = count(&loops.loop_step.expr);
            (self.expression(loops.loop_cond)?, self.append(loops.loop_step, cost)?)
        } else {
            let (cond, step) = (self.expression(loops.loop_cond)?, self.expression(loops.loop_step)?);
            (tick(self.nodes - before, cond, LiteralValue::Boolean(false.into())), step)
        };
        let result = self.expression(loops.result)?;
        self.names.truncate(outer);
        Ok(Expr::Comprehension(Box::new(ComprehensionExpr {
            iter_range,
            iter_var,
            iter_var2,
            accu_var,
            accu_init,
            loop_cond,
            loop_step,
            result,
        })))
    }

    /// Vets the step of `map` or `filter`. The crate appends in place as long as the step keeps its shape,
    /// `result + [item]` or `guard ? result + [item] : result`, so the tick goes inside.
    fn append(&mut self, step: IdedExpr, cost: usize) -> Result<IdedExpr, String> {
        let IdedExpr { id, expr } = step;
        let Expr::Call(CallExpr { func_name, target, mut args }) = expr else {
            return Err("a loop that builds a list in an unknown way".to_owned());
        };
        if func_name == operators::CONDITIONAL && args.len() == 3 {
            let (otherwise, then) = (args.remove(2), args.remove(1));
            let guard = self.expression(args.remove(0))?;
            let guard = tick(cost, guard, LiteralValue::Boolean(false.into()));
            let args = vec![guard, self.append(then, 1)?, self.expression(otherwise)?];
            return Ok(IdedExpr { id, expr: Expr::Call(CallExpr { func_name, target, args }) });
        }
        if let [_, IdedExpr { expr: Expr::List(list), .. }] = &mut args[..] {
            let mut elements = self.paid_all(std::mem::take(&mut list.elements))?;
            if let Some(first) = elements.first_mut() {
                *first = tick(cost, std::mem::take(first), LiteralValue::Null);
            }
            list.elements = elements;
        }
        Ok(IdedExpr { id, expr: Expr::Call(CallExpr { func_name, target, args }) })
    }

    fn all(&mut self, trees: Vec<IdedExpr>) -> Result<Vec<IdedExpr>, String> {
        trees.into_iter().map(|tree| self.expression(tree)).collect()
    }

    fn paid_all(&mut self, trees: Vec<IdedExpr>) -> Result<Vec<IdedExpr>, String> {
        trees.into_iter().map(|tree| self.paid(tree)).collect()
    }

    /// Vets a tree whose value is about to be copied or read in full. What is written out costs nothing: the length
    /// of a rule is bounded.
    fn paid(&mut self, tree: IdedExpr) -> Result<IdedExpr, String> {
        let tree = self.expression(tree)?;
        if matches!(tree.expr, Expr::Literal(_)) {
            return Ok(tree);
        }
        Ok(IdedExpr { id: 0, expr: plain("@paid".to_owned(), vec![tree]) })
    }
}

/// Wraps what is evaluated every time round: `@tick(cost) ? tree : otherwise`, and the tick fails when nothing is left.
fn tick(cost: usize, tree: IdedExpr, otherwise: LiteralValue) -> IdedExpr {
    let cost = i64::try_from(cost).unwrap_or(i64::MAX);
    let node = |expr| IdedExpr { id: 0, expr };
    let asked = node(plain("@tick".to_owned(), vec![node(Expr::Literal(LiteralValue::Int(cost.into())))]));
    node(plain(operators::CONDITIONAL.to_owned(), vec![asked, tree, node(Expr::Literal(otherwise))]))
}

fn plain(func_name: String, args: Vec<IdedExpr>) -> Expr {
    Expr::Call(CallExpr { func_name, target: None, args })
}

/// Takes a qualified name apart again, as the crate looks it up.
fn restore(name: String, target: Option<Box<IdedExpr>>, args: Vec<IdedExpr>) -> CallExpr {
    match name.split_once('.').filter(|(space, _)| vocabulary::is_namespace(space)) {
        Some((space, function)) => {
            let target = Some(Box::new(IdedExpr { id: 0, expr: Expr::Ident(space.to_owned()) }));
            CallExpr { func_name: function.to_owned(), target, args }
        }
        None => CallExpr { func_name: name, target, args },
    }
}

fn unknown(name: &str) -> String {
    match name {
        "all" | "exists" | "exists_one" | "existsOne" | "map" | "filter" | "has" => {
            format!("the macro `{name}` is not offered with these arguments")
        }
        _ => format!("the function `{name}` is not offered"),
    }
}

/// Counts the nodes one turn of an appending loop evaluates, inner loops once.
fn count(tree: &Expr) -> usize {
    match tree {
        Expr::Call(call) => {
            1 + call.args.iter().chain(call.target.as_deref()).map(|arg| count(&arg.expr)).sum::<usize>()
        }
        Expr::Select(select) => 1 + count(&select.operand.expr),
        Expr::List(list) => 1 + list.elements.iter().map(|element| count(&element.expr)).sum::<usize>(),
        Expr::Map(map) => 1 + 4 * map.entries.len(),
        Expr::Comprehension(inner) => 4 + count(&inner.iter_range.expr) + count(&inner.result.expr),
        _ => 1,
    }
}
