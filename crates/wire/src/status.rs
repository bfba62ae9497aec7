//! The codes of a status, and the words of an answer. Source: the contract of the protocol as clients really keep it.

/// Success.
pub(crate) const SUCCESS: i32 = 1;
/// Success, as the old control plane says it in pushes.
pub(crate) const SUCCESS_OLD: i32 = 200;
/// The push could not be read, or something unknown went wrong.
pub(crate) const UNREADABLE: i32 = 4000;
/// The request lacks something or asks for something that is not there.
pub(crate) const BAD_REQUEST: i32 = 4002;
/// The push was read, and the application could not take it.
pub(crate) const NOT_APPLIED: i32 = 4007;
/// The client holds something newer.
pub(crate) const OUTDATED: i32 = 4010;

/// The word of an answer that takes.
pub(crate) const ACK: &str = "ACK";
/// The word of an answer that refuses.
pub(crate) const NACK: &str = "NACK";

/// Says whether a code is success: either spelling, or none at all, which is how an absent status reads.
pub(crate) fn is_success(code: i32) -> bool {
    matches!(code, 0 | SUCCESS | SUCCESS_OLD)
}
