//! A call as it comes: on which resource, how many at once, from where, and with which attributes.

use std::fmt;

use opensergo_api::fault_tolerance::rate_limit::KeySource;

/// Asks for one call, or for several that come and go as one.
///
/// ```
/// use opensergo_fault_tolerance::Call;
///
/// let call = Call::new("GET:/foo/{id}").count(3).outbound();
/// assert_eq!(call.resource(), "GET:/foo/{id}");
/// ```
#[derive(Clone, Copy)]
pub struct Call<'a> {
    resource: &'a str,
    count: u64,
    direction: Direction,
    attributes: Option<&'a dyn Attributes>,
}

/// Which way a call goes, as the process sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Direction {
    /// Somebody calls this process. Overload protection looks at these only.
    #[default]
    Inbound,
    /// This process calls somebody.
    Outbound,
}

/// What is known of a call beyond its resource: what keyed limits count by.
pub trait Attributes {
    /// Returns the value of an attribute; `name` is empty for [`KeySource::Caller`].
    fn attribute(&self, source: KeySource, name: &str) -> Attribute<'_>;
}

/// The value of an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attribute<'a> {
    /// The call has none: a limit by it does not concern the call.
    Absent,
    /// Its text.
    Text(&'a str),
    /// It is there, but no text, as a list: the limit can not be carried out, which is an event.
    Unfit(&'static str),
}

impl<'a> Call<'a> {
    /// Makes an inbound call of one, without attributes.
    #[inline]
    pub const fn new(resource: &'a str) -> Self {
        Self { resource, count: 1, direction: Direction::Inbound, attributes: None }
    }

    /// Sets how many calls come as one: 0 to 2^64 - 1. None of none is charged to no rate limit.
    #[must_use]
    #[inline]
    pub const fn count(self, count: u64) -> Self {
        Self { count, ..self }
    }

    /// Makes it a call of this process to another.
    #[must_use]
    #[inline]
    pub const fn outbound(self) -> Self {
        Self { direction: Direction::Outbound, ..self }
    }

    /// Sets where keyed limits find their values.
    #[must_use]
    #[inline]
    pub const fn attributes(self, attributes: &'a dyn Attributes) -> Self {
        Self { attributes: Some(attributes), ..self }
    }

    /// Returns the resource.
    #[inline]
    pub const fn resource(&self) -> &'a str {
        self.resource
    }

    /// Returns how many come as one.
    #[inline]
    pub(crate) const fn amount(&self) -> u64 {
        self.count
    }

    /// Says whether overload protection looks at it.
    #[inline]
    pub(crate) const fn is_inbound(&self) -> bool {
        matches!(self.direction, Direction::Inbound)
    }

    /// Looks an attribute up.
    pub(crate) fn attribute(&self, source: KeySource, name: &str) -> Attribute<'a> {
        self.attributes.map_or(Attribute::Absent, |attributes| attributes.attribute(source, name))
    }
}

impl<'a> From<&'a str> for Call<'a> {
    #[inline]
    fn from(resource: &'a str) -> Self {
        Self::new(resource)
    }
}

impl<'a> From<&'a String> for Call<'a> {
    #[inline]
    fn from(resource: &'a String) -> Self {
        Self::new(resource)
    }
}

impl fmt::Debug for Call<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { resource, count, direction, .. } = self;
        f.debug_struct("Call").field("resource", resource).field("count", count).field("direction", direction).finish()
    }
}
