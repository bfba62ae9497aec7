//! Open files: one for each connection, and few systems give a process many unasked.
//!
//! The soft limit is raised to the hard one, as the Go and Java runtimes do by themselves. Refuses to ask for more.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Raises the limit of open files as far as this process may, and returns what it is then; `None` means no limit.
pub(super) fn raise() -> Option<u64> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current == maximum {
        return current;
    }
    match setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }) {
        Ok(()) => maximum,
        // Some systems name a hard limit they do not allow: then the soft one has to do.
        Err(_) => current,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn afterwards_the_soft_limit_is_the_hard_one_or_what_it_was() {
        let before = getrlimit(Resource::Nofile);
        let raised = raise();
        assert!(raised == before.maximum || raised == before.current);
        assert_eq!(getrlimit(Resource::Nofile).current, raised);
    }
}
