//! The functions a vetted rule calls: those that count what it costs, and those of Kubernetes the crate lacks.

use std::cmp::Ordering;
use std::sync::Arc;

use cel::common::types::{CelBool, CelDuration, CelInt, CelList, CelString, Kind};
use cel::common::value::{CowVal, Val};
use cel::{Context, DeclarationError, ExecutionError, FunctionContext};
use regex::Regex;

use super::budget::Budget;
use super::converted;
use super::equality::{equal, within};
use super::value::{unexpected, weight};
use crate::custom::structural::pattern::{Pattern, Patterns};

/// What compiling a pattern costs that is not written out in the rule but computed.
const PATTERN: usize = 20_000;

type Args<'a, 'v> = [CowVal<'a, 'v>];
type Outcome<'a, 'v> = Result<CowVal<'a, 'v>, ExecutionError>;
type Function = for<'a, 'v> fn(&Room, &Args<'a, 'v>) -> Outcome<'a, 'v>;

/// What the functions of one evaluation share.
#[derive(Debug)]
pub(super) struct Room {
    pub(super) budget: Arc<Budget>,
    pub(super) patterns: Arc<Patterns>,
}

const FUNCTIONS: [(&str, Function); 21] = [
    ("@tick", |room, args| room.budget.spend(usize::try_from(int(args, 0)?).unwrap_or(usize::MAX)).map(|()| yes(true))),
    ("@paid", |room, args| room.budget.spend(weight(arg(args, 0)?)).and_then(|()| first(args))),
    ("@_==_", |room, args| equal(arg(args, 0)?, arg(args, 1)?, &room.budget).map(yes)),
    ("@_!=_", |room, args| equal(arg(args, 0)?, arg(args, 1)?, &room.budget).map(|same| yes(!same))),
    ("@@in", |room, args| within(arg(args, 0)?, arg(args, 1)?, &room.budget).map(yes)),
    ("@_+_", plus),
    ("@duration", duration),
    ("@matches", |room, args| Ok(yes(room.regex(args)?.is_match(text(args, 0)?)))),
    ("@find", |room, args| Ok(said(room.regex(args)?.find(text(args, 0)?).map_or("", |found| found.as_str())))),
    ("@findAll", find_all),
    ("@join", join),
    ("@replace", replace),
    ("@indexOf", |room, args| position(room, args, false)),
    ("@lastIndexOf", |room, args| position(room, args, true)),
    ("@isSorted", is_sorted),
    ("@sum", sum),
    ("@min", |room, args| extreme(room, args, Ordering::Less)),
    ("@max", |room, args| extreme(room, args, Ordering::Greater)),
    ("@sets.contains", |room, args| subset(room, args, 1, 0).map(yes)),
    ("@sets.equivalent", |room, args| Ok(yes(subset(room, args, 1, 0)? && subset(room, args, 0, 1)?))),
    ("@sets.intersects", intersects),
];

/// Declares the functions, all of them paying from one budget.
pub(super) fn declare(context: &mut Context<'_, '_>, room: Room) -> Result<(), DeclarationError> {
    type Declared =
        Box<dyn for<'a, 'v> Fn(&mut FunctionContext<'a, 'v>) -> Result<CowVal<'a, 'v>, ExecutionError> + Send + Sync>;
    let room = Arc::new(room);
    FUNCTIONS.iter().try_for_each(|(name, function)| {
        let room = Arc::clone(&room);
        let declared: Declared = Box::new(move |call| function(&room, &std::mem::take(&mut call.args)));
        context.add_function(name, declared)
    })
}

impl Room {
    /// Returns the pattern that is the second argument, and pays for matching the first.
    fn regex(&self, args: &Args<'_, '_>) -> Result<Regex, ExecutionError> {
        let (text, wanted) = (text(args, 0)?, text(args, 1)?);
        let known = self.patterns.get(wanted).cloned();
        let pattern = known.map_or_else(|| self.computed(wanted), Ok)?;
        self.budget.spend(pattern.steps(text))?;
        Ok(pattern.regex)
    }

    /// Compiles a pattern that is not written out in the rule.
    fn computed(&self, wanted: &str) -> Result<Pattern, ExecutionError> {
        self.budget.spend(PATTERN)?;
        Pattern::compile(wanted).map_err(|reason| ExecutionError::function_error("matches", reason))
    }
}

fn plus<'a, 'v>(room: &Room, args: &Args<'a, 'v>) -> Outcome<'a, 'v> {
    let (one, other) = (arg(args, 0)?, arg(args, 1)?);
    let size =
        |value: &dyn Val| value.as_sizer().map_or(0, |sizer| usize::try_from(*sizer.size().inner()).unwrap_or(0));
    room.budget.spend(weight(one) + weight(other) + size(one) + size(other))?;
    let adder = one.as_adder().ok_or_else(|| unexpected(one, "something that can be added to"))?;
    Ok(CowVal::Owned(adder.add(other)?.into_owned()))
}

fn find_all<'a, 'v>(room: &Room, args: &Args<'a, 'v>) -> Outcome<'a, 'v> {
    let regex = room.regex(args)?;
    let most = if args.len() > 2 { usize::try_from(int(args, 2)?).unwrap_or(usize::MAX) } else { usize::MAX };
    let found = regex.find_iter(text(args, 0)?).take(most);
    let found: Vec<Box<dyn Val>> =
        found.map(|found| Box::new(CelString::from(found.as_str().to_owned())) as Box<dyn Val>).collect();
    room.budget.spend(found.len())?;
    Ok(CowVal::owned(CelList::from(found)))
}

fn join<'a, 'v>(room: &Room, args: &Args<'a, 'v>) -> Outcome<'a, 'v> {
    let between = if args.len() > 1 { text(args, 1)? } else { "" };
    let mut joined = String::new();
    each(room, arg(args, 0)?, |item| {
        let item = string(item)?;
        room.budget.spend_bytes(item.len() + between.len())?;
        joined.push_str(item);
        joined.push_str(between);
        Ok(())
    })?;
    joined.truncate(joined.len().saturating_sub(between.len()));
    Ok(CowVal::owned(CelString::from(joined)))
}

fn replace<'a, 'v>(room: &Room, args: &Args<'a, 'v>) -> Outcome<'a, 'v> {
    let (whole, from, to) = (text(args, 0)?, text(args, 1)?, text(args, 2)?);
    let most = if args.len() > 3 { usize::try_from(int(args, 3)?).unwrap_or(usize::MAX) } else { usize::MAX };
    let times = if from.is_empty() { whole.len() + 1 } else { whole.len() / from.len() };
    room.budget.spend_bytes(times.min(most).saturating_mul(to.len()).saturating_add(whole.len()))?;
    Ok(CowVal::owned(CelString::from(whole.replacen(from, to, most))))
}

/// Finds an item in a list or a text in a text: the place in items or characters, -1 when it is not there.
fn position<'a, 'v>(room: &Room, args: &Args<'a, 'v>, last: bool) -> Outcome<'a, 'v> {
    if arg(args, 0)?.get_type().kind() == Kind::List {
        return place(room, args, last);
    }
    let (whole, part) = (text(args, 0)?, text(args, 1)?);
    room.budget.spend_bytes(whole.len() + part.len())?;
    let length = whole.chars().count();
    let offset = if args.len() > 2 {
        int(args, 2)?
    } else if last {
        i64::try_from(length).unwrap_or(i64::MAX)
    } else {
        0
    };
    let offset = usize::try_from(offset).ok().filter(|offset| *offset <= length);
    let offset =
        offset.ok_or_else(|| ExecutionError::function_error("indexOf", "the offset is outside of the text"))?;
    let byte = |at: usize| whole.char_indices().nth(at).map_or(whole.len(), |(byte, _)| byte);
    let found = if last {
        let end = byte(offset).saturating_add(part.len()).min(whole.len());
        whole.get(..end).unwrap_or(whole).rfind(part)
    } else {
        let start = byte(offset);
        whole[start..].find(part).map(|at| at + start)
    };
    Ok(number(found.map(|byte| whole[..byte].chars().count())))
}

fn place<'a, 'v>(room: &Room, args: &Args<'a, 'v>, last: bool) -> Outcome<'a, 'v> {
    let (mut at, mut found) = (0, None);
    each(room, arg(args, 0)?, |item| {
        if (last || found.is_none()) && equal(item, arg(args, 1)?, &room.budget)? {
            found = Some(at);
        }
        at += 1;
        Ok(())
    })?;
    Ok(number(found))
}

fn is_sorted<'a, 'v>(room: &Room, args: &Args<'a, 'v>) -> Outcome<'a, 'v> {
    let (mut before, mut sorted) = (None::<Box<dyn Val>>, true);
    let list = arg(args, 0)?;
    each(room, list, |item| {
        if let Some(before) = &before {
            sorted &= compare(before.as_ref(), item)? != Ordering::Greater;
        }
        before = Some(keep(item)?);
        Ok(())
    })?;
    Ok(yes(sorted))
}

fn extreme<'a, 'v>(room: &Room, args: &Args<'a, 'v>, wanted: Ordering) -> Outcome<'a, 'v> {
    let mut best = None::<Box<dyn Val>>;
    each(room, arg(args, 0)?, |item| {
        let better = match &best {
            Some(best) => compare(item, best.as_ref())? == wanted,
            None => true,
        };
        if better {
            best = Some(keep(item)?);
        }
        Ok(())
    })?;
    best.map(CowVal::Owned).ok_or_else(|| ExecutionError::function_error("min or max", "the list is empty"))
}

fn sum<'a, 'v>(room: &Room, args: &Args<'a, 'v>) -> Outcome<'a, 'v> {
    let mut total = None::<Box<dyn Val>>;
    each(room, arg(args, 0)?, |item| {
        if matches!(item.get_type().kind(), Kind::String | Kind::List | Kind::Bytes) {
            return Err(unexpected(item, "a number or duration"));
        }
        let next = match &total {
            Some(total) => {
                let adder = total.as_adder().ok_or_else(|| unexpected(item, "a number or duration"))?;
                keep(adder.add(item)?.as_ref())?
            }
            None => keep(item)?,
        };
        total = Some(next);
        Ok(())
    })?;
    Ok(total.map_or_else(|| CowVal::owned(CelInt::from(0)), CowVal::Owned))
}

fn subset(room: &Room, args: &Args<'_, '_>, small: usize, large: usize) -> Result<bool, ExecutionError> {
    let mut inside = true;
    each(room, arg(args, small)?, |item| {
        inside = inside && within(item, arg(args, large)?, &room.budget)?;
        Ok(())
    })?;
    Ok(inside)
}

fn intersects<'a, 'v>(room: &Room, args: &Args<'a, 'v>) -> Outcome<'a, 'v> {
    let mut shared = false;
    each(room, arg(args, 0)?, |item| {
        shared = shared || within(item, arg(args, 1)?, &room.budget)?;
        Ok(())
    })?;
    Ok(yes(shared))
}

/// Calls for every item of a list, paying one step each.
fn each(
    room: &Room,
    list: &dyn Val,
    mut visit: impl FnMut(&dyn Val) -> Result<(), ExecutionError>,
) -> Result<(), ExecutionError> {
    let mut items = list.as_iterable().ok_or_else(|| unexpected(list, "list"))?.iter();
    while let Some(item) = items.next() {
        room.budget.spend(1)?;
        visit(item)?;
    }
    Ok(())
}

/// Keeps a scalar beyond the loop it came from.
fn keep(item: &dyn Val) -> Result<Box<dyn Val>, ExecutionError> {
    if let Some(text) = item.downcast_ref::<CelString>() {
        return Ok(Box::new(CelString::from(text.inner().to_owned())));
    }
    Box::<dyn Val>::try_from(cel::Value::try_from(item)?)
}

fn compare(one: &dyn Val, other: &dyn Val) -> Result<Ordering, ExecutionError> {
    one.as_comparer().ok_or_else(|| unexpected(one, "something that can be compared"))?.compare(other)
}

/// Reads a duration as Go does, which knows `µs` in both of Unicode's letters beside the crate's `us`.
fn duration<'a, 'v>(room: &Room, args: &Args<'a, 'v>) -> Outcome<'a, 'v> {
    let value = arg(args, 0)?;
    if value.downcast_ref::<CelDuration>().is_some() {
        return first(args);
    }
    room.budget.spend(weight(value))?;
    let text = string(value)?.replace(['µ', 'μ'], "u");
    converted("duration", text).map(CowVal::Owned).ok_or_else(|| unexpected(value, "a duration"))
}

fn arg<'b, 'v>(args: &'b Args<'_, 'v>, at: usize) -> Result<&'b (dyn Val + 'v), ExecutionError> {
    args.get(at).map(AsRef::as_ref).ok_or_else(|| ExecutionError::invalid_argument_count(at + 1, args.len()))
}

fn first<'a, 'v>(args: &Args<'a, 'v>) -> Outcome<'a, 'v> {
    args.first().cloned().ok_or_else(|| ExecutionError::invalid_argument_count(1, 0))
}

fn text<'b>(args: &'b Args<'_, '_>, at: usize) -> Result<&'b str, ExecutionError> {
    string(arg(args, at)?)
}

fn string(value: &dyn Val) -> Result<&str, ExecutionError> {
    value.downcast_ref::<CelString>().map(CelString::inner).ok_or_else(|| unexpected(value, "string"))
}

fn int(args: &Args<'_, '_>, at: usize) -> Result<i64, ExecutionError> {
    let value = arg(args, at)?;
    value.downcast_ref::<CelInt>().map(|int| *int.inner()).ok_or_else(|| unexpected(value, "int"))
}

fn yes<'a, 'v>(answer: bool) -> CowVal<'a, 'v> {
    CowVal::owned(CelBool::from(answer))
}

fn said<'a, 'v>(text: &str) -> CowVal<'a, 'v> {
    CowVal::owned(CelString::from(text.to_owned()))
}

fn number<'a, 'v>(found: Option<usize>) -> CowVal<'a, 'v> {
    CowVal::owned(CelInt::from(found.and_then(|at| i64::try_from(at).ok()).unwrap_or(-1)))
}
