//! The traffic kinds as Envoy takes them, for those who want to read or hand them on: the same messages that
//! [`encode`](crate::encode) sends to clients that know no feature.

pub use crate::convert::traffic::{lane_routers, messages};
