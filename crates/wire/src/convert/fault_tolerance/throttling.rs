//! `ThrottlingStrategy`. The message counts whole milliseconds.

use std::borrow::Cow;

use opensergo_api::fault_tolerance::ThrottlingStrategy;
use opensergo_api::{Node, Object};

use crate::convert::message::Message;
use crate::convert::time;
use crate::features::Features;
use crate::proto::fault_tolerance::v1 as proto;

impl Message for proto::ThrottlingStrategy {
    fn of(object: &Object, _: Features) -> Option<Self> {
        let strategy = object.spec_as::<ThrottlingStrategy>()?;
        Some(Self {
            name: object.id().name.as_str().to_owned(),
            min_interval_millis_of_requests: time::millis(strategy.min_interval())?,
            queue_timeout_millis: time::millis(strategy.queue_timeout())?,
        })
    }

    fn name(&self, _: &[u8]) -> Cow<'_, str> {
        (&self.name).into()
    }

    fn spec(self) -> Node {
        Node::map([
            ("minIntervalOfRequests", Some(time::spell_millis(self.min_interval_millis_of_requests))),
            ("queueTimeout", Some(time::spell_millis(self.queue_timeout_millis))),
        ])
    }
}
