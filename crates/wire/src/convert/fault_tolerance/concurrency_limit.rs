//! `ConcurrencyLimitStrategy`. The base message has no mode between local and global.

use std::borrow::Cow;

use opensergo_api::fault_tolerance::{ConcurrencyLimitStrategy, LimitMode};
use opensergo_api::{Node, Object};

use crate::convert::message::Message;
use crate::convert::spelling;
use crate::features::{Feature, Features};
use crate::proto::fault_tolerance::v1 as proto;
use crate::proto::fault_tolerance::v1::concurrency_limit_strategy as wire;

impl Message for proto::ConcurrencyLimitStrategy {
    fn of(object: &Object, features: Features) -> Option<Self> {
        let strategy = object.spec_as::<ConcurrencyLimitStrategy>()?;
        let limit_mode = match strategy.limit_mode() {
            LimitMode::Local => wire::LimitMode::ModeLocal,
            LimitMode::GlobalToLocal if features.has(Feature::GlobalToLocal) => wire::LimitMode::ModeGlobalToLocal,
            LimitMode::Global | LimitMode::GlobalToLocal => wire::LimitMode::ModeGlobal,
        };
        Some(Self {
            name: object.id().name.as_str().to_owned(),
            limit_mode: limit_mode.into(),
            max_concurrency: strategy.max_concurrency().try_into().ok()?,
        })
    }

    fn name(&self, _: &[u8]) -> Cow<'_, str> {
        (&self.name).into()
    }

    fn spec(self) -> Node {
        Node::map([
            ("maxConcurrency", Some(Node::number(self.max_concurrency))),
            ("limitMode", spelling::word(self.limit_mode, limit_mode)),
        ])
    }
}

fn limit_mode(mode: wire::LimitMode) -> Option<&'static str> {
    match mode {
        wire::LimitMode::ModeUnknown => None,
        wire::LimitMode::ModeLocal => Some(LimitMode::Local.as_str()),
        wire::LimitMode::ModeGlobal => Some(LimitMode::Global.as_str()),
        wire::LimitMode::ModeGlobalToLocal => Some(LimitMode::GlobalToLocal.as_str()),
    }
}
