//! The threads that call: two for the whole run, each on a core of its own where that can be had.
//!
//! They live as long as the run, so that what a limiter keeps for a thread is warm, as it is in a server.

use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use anyhow::{Context, anyhow};

/// How many threads call at most.
pub(crate) const MOST: usize = 2;

type Job = Box<dyn FnOnce() + Send>;

/// Threads that wait for work.
#[derive(Debug)]
pub(crate) struct Workers {
    jobs: Vec<SyncSender<Job>>,
}

impl Workers {
    /// Starts the threads. They end when this is dropped.
    pub(crate) fn start() -> anyhow::Result<Self> {
        let jobs = (0..MOST).map(start).collect::<anyhow::Result<_>>()?;
        Ok(Self { jobs })
    }

    /// Does work on the first so many threads at the same time, and returns what came of it, by thread.
    pub(crate) fn on_first<T: Send + 'static>(
        &self,
        threads: usize,
        work: impl Fn(usize) -> T + Clone + Send + 'static,
    ) -> anyhow::Result<Vec<T>> {
        let results: Vec<_> = self
            .jobs
            .iter()
            .take(threads)
            .enumerate()
            .map(|(thread, jobs)| {
                let (done, result) = sync_channel(1);
                let work = work.clone();
                // Nobody listens only when the run has failed already.
                let job: Job = Box::new(move || drop(done.send(work(thread))));
                jobs.send(job).map_err(|_| anyhow!("thread {thread} has ended"))?;
                Ok(result)
            })
            .collect::<anyhow::Result<_>>()?;
        results.iter().map(|result| result.recv().context("a call panicked")).collect()
    }
}

fn start(number: usize) -> anyhow::Result<SyncSender<Job>> {
    let (jobs, waiting) = sync_channel::<Job>(1);
    let body = move || {
        pin(number);
        for job in waiting {
            job();
        }
    };
    thread::Builder::new().name(format!("caller-{number}")).spawn(body).context("cannot start a thread")?;
    Ok(jobs)
}

/// Keeps a thread on a core; where the machine does not allow it, the thread runs anywhere.
fn pin(number: usize) {
    let cores = core_affinity::get_core_ids().unwrap_or_default();
    if let Some(core) = cores.get(number) {
        core_affinity::set_for_current(*core);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_done_on_each_thread_and_answers_come_in_order() {
        let workers = Workers::start().unwrap();
        assert_eq!(workers.on_first(2, |thread| thread * 10).unwrap(), [0, 10]);
        assert_eq!(
            workers.on_first(1, |_| thread::current().name().map(str::to_owned)).unwrap(),
            [Some("caller-0".to_owned())]
        );
    }
}
