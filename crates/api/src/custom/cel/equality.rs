//! Equality and membership as CEL defines them, paid for step by step, over the crate's containers and ours alike.

use cel::ExecutionError;
use cel::common::traits::Sizer;
use cel::common::types::{CelOptional, CelString, Kind};
use cel::common::value::Val;

use super::budget::Budget;
use super::value::unexpected;

/// Says whether two values are equal: numbers across their types, lists in order, maps by key.
pub(super) fn equal(one: &dyn Val, other: &dyn Val, budget: &Budget) -> Result<bool, ExecutionError> {
    budget.spend(1)?;
    match (one.get_type().kind(), other.get_type().kind()) {
        (Kind::List, Kind::List) => equal_lists(one, other, budget),
        (Kind::Map, Kind::Map) => equal_maps(one, other, budget),
        (Kind::String, Kind::String) => {
            let bytes = one.downcast_ref::<CelString>().map_or(0, |text| text.inner().len());
            budget.spend_bytes(bytes)?;
            Ok(one.equals(other))
        }
        _ => match (one.downcast_ref::<CelOptional>(), other.downcast_ref::<CelOptional>()) {
            (Some(one), Some(other)) => match (one.inner(), other.inner()) {
                (Some(one), Some(other)) => equal(one, other, budget),
                (one, other) => Ok(one.is_none() && other.is_none()),
            },
            _ => Ok(one.equals(other)),
        },
    }
}

/// Says whether a value is among the items of a list or the keys of a map.
pub(super) fn within(value: &dyn Val, container: &dyn Val, budget: &Budget) -> Result<bool, ExecutionError> {
    if container.get_type().kind() != Kind::List {
        budget.spend(1)?;
        return container.as_container().ok_or_else(|| unexpected(container, "list or map"))?.contains(value);
    }
    let items = container.as_iterable().ok_or_else(|| unexpected(container, "list"))?;
    let mut items = items.iter();
    while let Some(item) = items.next() {
        if equal(item, value, budget)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn equal_lists(one: &dyn Val, other: &dyn Val, budget: &Budget) -> Result<bool, ExecutionError> {
    let (Some(ones), Some(others)) = (one.as_iterable(), other.as_iterable()) else { return Ok(false) };
    let (mut ones, mut others) = (ones.iter(), others.iter());
    loop {
        match (ones.next(), others.next()) {
            (Some(one), Some(other)) if equal(one, other, budget)? => {}
            (one, other) => return Ok(one.is_none() && other.is_none()),
        }
    }
}

fn equal_maps(one: &dyn Val, other: &dyn Val, budget: &Budget) -> Result<bool, ExecutionError> {
    let size = |map: &dyn Val| map.as_sizer().map(Sizer::size);
    let (Some(keys), Some(ours), Some(theirs)) = (one.as_iterable(), one.as_indexer(), other.as_indexer()) else {
        return Ok(false);
    };
    if size(one) != size(other) {
        return Ok(false);
    }
    let mut keys = keys.iter();
    while let Some(key) = keys.next() {
        let (Ok(one), Ok(other)) = (ours.get(key), theirs.get(key)) else { return Ok(false) };
        if !equal(one.as_ref(), other.as_ref(), budget)? {
            return Ok(false);
        }
    }
    Ok(true)
}
