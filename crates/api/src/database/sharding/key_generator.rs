//! How keys are made that an `INSERT` does not bring.

use crate::database::algorithm::family;
use crate::database::property::{Digits, Nothing};
use crate::shape::Shape;

family! {
    /// How keys are made.
    KeyGenerator {
        /// 64 bits: milliseconds, worker and sequence.
        Snowflake(Snowflake) = "SNOWFLAKE",
        /// 32 hexadecimal digits of a random UUID, without dashes.
        Uuid(Nothing) = "UUID",
        /// 21 random characters.
        NanoId(Nothing) = "NANOID",
    }
}

/// What a snowflake takes.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[non_exhaustive]
pub struct Snowflake {
    /// Which of the processes that make keys; no two at the same time may have the same.
    #[shape(name = "worker-id", default = "given to each process", example = "1")]
    pub worker_id: Option<Digits<0, 1023>>,
    /// The highest first sequence of a millisecond: so that not every key is even.
    #[shape(name = "max-vibration-offset", default = "1")]
    pub max_vibration_offset: Option<Digits<0, 4095>>,
    /// How far the clock may go back before it is an error.
    #[shape(name = "max-tolerate-time-difference-milliseconds", unit = "milliseconds", default = "10")]
    pub max_tolerate_time_difference: Option<Digits<0, 2_147_483_647>>,
    /// When milliseconds begin, since 1970 in UTC. `ShardingSphere` takes the midnight of its own time zone: east of
    /// Greenwich by eight hours that is 1477929600000.
    #[shape(unit = "milliseconds", default = "1477958400000", feature = "struct-kinds")]
    pub epoch: Option<Digits<0, 4_102_444_800_000>>,
}
