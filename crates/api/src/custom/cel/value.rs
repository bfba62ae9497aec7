//! Lists and maps of a document as CEL sees them: the crate's own copy everything they hold whenever an iteration
//! binds an item, these share it. Texts borrow the document.

use std::slice;
use std::sync::Arc;

use cel::ExecutionError;
use cel::common::traits::{Adder, Container, Indexer, Iterable, Iterator, Sizer, Zeroer};
use cel::common::types::{CelInt, CelList, CelString, Kind, LIST_TYPE, MAP_TYPE, Type};
use cel::common::value::{CowVal, Val};

use super::budget::Budget;
use super::equality;

/// Any value of CEL; what it borrows lives for `'v`.
pub(crate) type Boxed<'v> = Box<dyn Val + 'v>;

/// A list that is cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct List<'v>(Arc<Vec<Boxed<'v>>>);

/// A map with texts as keys that is cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Map<'v>(Arc<Entries<'v>>);

/// Keys in ascending order, each with the value at the same place.
#[derive(Debug)]
struct Entries<'v> {
    keys: Vec<CelString<'v>>,
    values: Vec<Boxed<'v>>,
}

impl<'v> List<'v> {
    pub(crate) fn new(items: Vec<Boxed<'v>>) -> Self {
        Self(Arc::new(items))
    }
}

impl<'v> Map<'v> {
    /// Makes a map; of two equal keys the first counts.
    pub(crate) fn new(mut entries: Vec<(CelString<'v>, Boxed<'v>)>) -> Self {
        entries.sort_by(|(one, _), (other, _)| one.inner().cmp(other.inner()));
        entries.dedup_by(|(one, _), (other, _)| one.inner() == other.inner());
        let (keys, values) = entries.into_iter().unzip();
        Self(Arc::new(Entries { keys, values }))
    }

    fn find(&self, key: &str) -> Option<&Boxed<'v>> {
        let at = self.0.keys.binary_search_by(|candidate| candidate.inner().cmp(key)).ok()?;
        self.0.values.get(at)
    }
}

impl Val for List<'_> {
    fn get_type(&self) -> &Type {
        &LIST_TYPE
    }

    fn cel_type() -> &'static Type {
        &LIST_TYPE
    }

    fn as_adder<'b, 'w>(&'b self) -> Option<&'b (dyn Adder + 'w)>
    where
        Self: 'w,
    {
        Some(self)
    }

    fn as_container(&self) -> Option<&dyn Container> {
        Some(self)
    }

    fn as_indexer<'b, 'w>(&'b self) -> Option<&'b (dyn Indexer + 'w)>
    where
        Self: 'w,
    {
        Some(self)
    }

    fn as_iterable<'b, 'w>(&'b self) -> Option<&'b (dyn Iterable + 'w)>
    where
        Self: 'w,
    {
        Some(self)
    }

    fn as_sizer(&self) -> Option<&dyn Sizer> {
        Some(self)
    }

    fn as_zeroer(&self) -> Option<&dyn Zeroer> {
        Some(self)
    }

    fn equals(&self, other: &dyn Val) -> bool {
        equality::equal(self, other, &Budget::new(u64::MAX)).unwrap_or(false)
    }

    fn clone_as_boxed<'w>(&self) -> Box<dyn Val + 'w>
    where
        Self: 'w,
    {
        Box::new(self.clone())
    }
}

impl Adder for List<'_> {
    fn add<'b, 'w>(&'b self, rhs: &(dyn Val + 'w)) -> Result<CowVal<'b, 'w>, ExecutionError>
    where
        Self: 'w,
    {
        let mut sum: Vec<Box<dyn Val + 'w>> = self.0.iter().map(|item| item.clone_as_boxed()).collect();
        let other = rhs.as_iterable().ok_or_else(|| unexpected(rhs, "list"))?;
        let mut items = other.iter();
        while let Some(item) = items.next() {
            sum.push(item.clone_as_boxed());
        }
        Ok(CowVal::owned(CelList::from(sum)))
    }
}

impl Container for List<'_> {
    fn contains(&self, value: &dyn Val) -> Result<bool, ExecutionError> {
        Ok(self.0.iter().any(|item| item.equals(value)))
    }
}

impl Indexer for List<'_> {
    fn get<'b, 'w>(&'b self, key: &dyn Val) -> Result<CowVal<'b, 'w>, ExecutionError>
    where
        Self: 'w,
    {
        let index = key.downcast_ref::<CelInt>().ok_or_else(|| unexpected(key, "int"))?;
        let item = usize::try_from(*index.inner()).ok().and_then(|index| self.0.get(index));
        let item = item.ok_or_else(|| ExecutionError::IndexOutOfBounds((*index.inner()).into()))?;
        Ok(CowVal::Borrowed(item.as_ref()))
    }

    fn steal<'w>(self: Box<Self>, key: &dyn Val) -> Result<Box<dyn Val + 'w>, ExecutionError>
    where
        Self: 'w,
    {
        self.get(key).map(CowVal::into_owned)
    }
}

impl Iterable for List<'_> {
    fn iter<'b, 'w>(&'b self) -> Box<dyn Iterator<'b, 'w> + 'b>
    where
        Self: 'w,
    {
        Box::new(Items(self.0.iter()))
    }
}

impl Sizer for List<'_> {
    fn size(&self) -> CelInt {
        i64::try_from(self.0.len()).unwrap_or(i64::MAX).into()
    }
}

impl Zeroer for List<'_> {
    fn is_zero_value(&self) -> bool {
        self.0.is_empty()
    }
}

impl Val for Map<'_> {
    fn get_type(&self) -> &Type {
        &MAP_TYPE
    }

    fn cel_type() -> &'static Type {
        &MAP_TYPE
    }

    fn as_container(&self) -> Option<&dyn Container> {
        Some(self)
    }

    fn as_indexer<'b, 'w>(&'b self) -> Option<&'b (dyn Indexer + 'w)>
    where
        Self: 'w,
    {
        Some(self)
    }

    fn as_iterable<'b, 'w>(&'b self) -> Option<&'b (dyn Iterable + 'w)>
    where
        Self: 'w,
    {
        Some(self)
    }

    fn as_sizer(&self) -> Option<&dyn Sizer> {
        Some(self)
    }

    fn as_zeroer(&self) -> Option<&dyn Zeroer> {
        Some(self)
    }

    fn equals(&self, other: &dyn Val) -> bool {
        equality::equal(self, other, &Budget::new(u64::MAX)).unwrap_or(false)
    }

    fn clone_as_boxed<'w>(&self) -> Box<dyn Val + 'w>
    where
        Self: 'w,
    {
        Box::new(self.clone())
    }
}

impl Container for Map<'_> {
    fn contains(&self, key: &dyn Val) -> Result<bool, ExecutionError> {
        Ok(key.downcast_ref::<CelString>().is_some_and(|key| self.find(key.inner()).is_some()))
    }
}

impl Indexer for Map<'_> {
    fn get<'b, 'w>(&'b self, key: &dyn Val) -> Result<CowVal<'b, 'w>, ExecutionError>
    where
        Self: 'w,
    {
        let key = key.downcast_ref::<CelString>().ok_or_else(|| unexpected(key, "string"))?;
        let value = self.find(key.inner()).ok_or_else(|| ExecutionError::no_such_key(key.inner()))?;
        Ok(CowVal::Borrowed(value.as_ref()))
    }

    fn steal<'w>(self: Box<Self>, key: &dyn Val) -> Result<Box<dyn Val + 'w>, ExecutionError>
    where
        Self: 'w,
    {
        self.get(key).map(CowVal::into_owned)
    }
}

impl Iterable for Map<'_> {
    fn iter<'b, 'w>(&'b self) -> Box<dyn Iterator<'b, 'w> + 'b>
    where
        Self: 'w,
    {
        Box::new(Keys(self.0.keys.iter()))
    }
}

impl Sizer for Map<'_> {
    fn size(&self) -> CelInt {
        i64::try_from(self.0.keys.len()).unwrap_or(i64::MAX).into()
    }
}

impl Zeroer for Map<'_> {
    fn is_zero_value(&self) -> bool {
        self.0.keys.is_empty()
    }
}

/// The items of a list.
struct Items<'b, 'v>(slice::Iter<'b, Boxed<'v>>);

/// The keys of a map.
struct Keys<'b, 'v>(slice::Iter<'b, CelString<'v>>);

impl<'b, 'v: 'w, 'w> Iterator<'b, 'w> for Items<'b, 'v> {
    fn next(&mut self) -> Option<&'b (dyn Val + 'w)> {
        self.0.next().map(|item| item.as_ref() as &(dyn Val + 'w))
    }
}

impl<'b, 'v: 'w, 'w> Iterator<'b, 'w> for Keys<'b, 'v> {
    fn next(&mut self) -> Option<&'b (dyn Val + 'w)> {
        self.0.next().map(|key| key as &(dyn Val + 'w))
    }
}

/// Says that a value has another type than the one wanted.
pub(super) fn unexpected(found: &dyn Val, want: &str) -> ExecutionError {
    ExecutionError::UnexpectedType { got: found.get_type().name().to_owned(), want: want.to_owned() }
}

/// Returns how many steps copying a value takes: the crate's own containers copy all they hold, ours share.
pub(super) fn weight(value: &dyn Val) -> usize {
    match value.get_type().kind() {
        Kind::String => value.downcast_ref::<CelString>().map_or(1, |text| 1 + text.inner().len() / 16),
        Kind::Bytes => value.downcast_ref::<cel::common::types::CelBytes>().map_or(1, |b| 1 + b.inner().len() / 16),
        Kind::List if value.downcast_ref::<CelList>().is_none() => 1,
        Kind::List => fold(value, |sum, item| sum + weight(item)),
        Kind::Map => value
            .downcast_ref::<cel::common::types::CelMap>()
            .map_or(1, |map| map.inner().values().fold(1, |sum, value| sum + 1 + weight(value.as_ref()))),
        _ => 1,
    }
}

fn fold(list: &dyn Val, add: impl Fn(usize, &dyn Val) -> usize) -> usize {
    let Some(list) = list.as_iterable() else { return 1 };
    let (mut items, mut sum) = (list.iter(), 1);
    while let Some(item) = items.next() {
        sum = add(sum, item);
    }
    sum
}
