//! What is measured: something that several threads call.

use std::fmt;
use std::sync::Arc;

/// Makes so many calls, and returns how many of them were admitted.
pub(crate) type Calls = Box<dyn FnMut(u64) -> u64>;

/// A limiter, a breaker or a clock, ready to be called.
#[derive(Clone)]
pub(crate) struct Subject(Arc<dyn Fn(usize) -> Calls + Send + Sync>);

impl Subject {
    /// Takes what makes, on the thread of that number, one call of it; the call says whether it was admitted.
    ///
    /// The loop around the call is compiled with it, so that nothing but the call is paid for.
    pub(crate) fn new<C: FnMut() -> bool + 'static>(caller: impl Fn(usize) -> C + Send + Sync + 'static) -> Self {
        Self(Arc::new(move |thread| {
            let mut call = caller(thread);
            Box::new(move |count| {
                let mut admitted = 0;
                for _ in 0..count {
                    admitted += u64::from(call());
                }
                admitted
            })
        }))
    }

    /// Makes the caller of a thread; call it on that thread.
    pub(crate) fn calls(&self, thread: usize) -> Calls {
        (self.0)(thread)
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Subject")
    }
}
