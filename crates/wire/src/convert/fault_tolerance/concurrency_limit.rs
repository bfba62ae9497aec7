//! `ConcurrencyLimitStrategy`. The message says all of it.

use std::borrow::Cow;

use opensergo_api::fault_tolerance::{ConcurrencyLimitDraft, ConcurrencyLimitStrategy, LimitMode};
use opensergo_api::{Field, Number, Object, Report};

use crate::convert::message::Message;
use crate::features::Features;
use crate::proto::fault_tolerance::v1 as proto;
use crate::proto::fault_tolerance::v1::concurrency_limit_strategy as wire;

impl Message for proto::ConcurrencyLimitStrategy {
    type Draft = ConcurrencyLimitDraft;

    fn of(object: &Object, _: Features) -> Option<Self> {
        let strategy = object.spec_as::<ConcurrencyLimitStrategy>()?;
        let limit_mode = match strategy.limit_mode() {
            LimitMode::Local => wire::LimitMode::ModeLocal,
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

    fn into_draft(self, report: &mut Report) -> ConcurrencyLimitDraft {
        ConcurrencyLimitDraft {
            max_concurrency: Field::Given(Number::from(self.max_concurrency)),
            limit_mode: limit_mode(self.limit_mode, report),
        }
    }
}

fn limit_mode(value: i32, report: &mut Report) -> Field<String> {
    let mode = match wire::LimitMode::try_from(value) {
        Ok(wire::LimitMode::ModeUnknown) => return Field::Absent,
        Ok(wire::LimitMode::ModeLocal) => LimitMode::Local,
        Ok(wire::LimitMode::ModeGlobal) => LimitMode::Global,
        Err(_) => {
            report.not_allowed("spec.limitMode", value, "one of MODE_LOCAL, MODE_GLOBAL");
            return Field::Refused;
        }
    };
    Field::Given(mode.as_str().to_owned())
}
