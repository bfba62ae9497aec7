//! How a call ended, as whoever made it says.
//!
//! Given to a permit when its call ends. Which of these count against a breaker is the rule's business.

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome<'a> {
    /// It did what it should.
    Success,
    /// It failed, nobody knows how: an error to every rule.
    Error,
    /// It was answered with a status as HTTP has them: an error from 500 on, where the rule does not say which are.
    Status(u16),
    /// It failed with an error of a type, spelled as the language of the application spells it.
    ErrorType(&'a str),
}

impl Outcome<'_> {
    /// Says whether the call failed, where no rule says which failures count.
    pub fn is_error(self) -> bool {
        match self {
            Self::Success => false,
            Self::Status(status) => status >= 500,
            Self::Error | Self::ErrorType(_) => true,
        }
    }
}
