//! Which pages of other origins may ask.

use crate::shape::{GoDuration, List, Shape, Text};
use crate::string_match::StringMatch;
use crate::traffic::Token;

/// Which pages of other origins may ask, and what a browser lets them do.
#[derive(Debug, Clone, Default, PartialEq, Shape)]
#[shape(snake_case)]
#[non_exhaustive]
pub struct CorsPolicy {
    /// The origins that may ask: any of these.
    pub allow_origins: List<StringMatch, 0, 100>,
    /// The origins that may ask, exactly, or `*`.
    #[shape(deprecated = "allowOrigins has replaced allowOrigin: write {exact: ...} for each")]
    pub allow_origin: List<Text<1, 1024>, 0, 100>,
    /// The methods they may use.
    #[shape(example = "GET")]
    pub allow_methods: List<Token, 0, 100>,
    /// The headers they may send.
    pub allow_headers: List<Token, 0, 100>,
    /// The headers of answers they may read.
    pub expose_headers: List<Token, 0, 100>,
    /// How long a browser may remember this.
    #[shape(unit = "duration", example = "24h")]
    pub max_age: Option<GoDuration>,
    /// Whether they may ask in the name of whoever is logged in.
    #[shape(default = "false")]
    pub allow_credentials: Option<bool>,
}
