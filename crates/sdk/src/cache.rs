//! The last good list of each kind on disk: one file a kind, the push as it came.
//!
//! Read at start and sent through the same door as a push, so that a damaged or foreign file is refused, not believed.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use opensergo_api::Kind;
use opensergo_wire::client::Push;
use opensergo_wire::proto::transport::v1::SubscribeResponse;
use prost::Message;

use crate::interest;
use crate::stream::Stream;

/// The files of one application.
#[derive(Debug, Clone)]
pub(crate) struct Cache {
    directory: PathBuf,
}

impl Cache {
    /// Names the folder of one application in a cache directory.
    pub(crate) fn new(directory: &Path, namespace: &str, app: &str) -> Self {
        Self { directory: directory.join(escape(namespace)).join(escape(app)) }
    }

    /// Reads what there is. What cannot be read, or does not pass the door, is left out and said.
    pub(crate) fn load(&self, stream: &Stream) -> Vec<Push> {
        interest::kinds().filter_map(|kind| self.load_kind(kind, stream)).collect()
    }

    /// Writes one kind, as a whole or not at all.
    pub(crate) fn store(&self, kind: Kind, response: &SubscribeResponse) -> io::Result<()> {
        fs::create_dir_all(&self.directory)?;
        let path = self.path(kind);
        let fresh = path.with_extension("new");
        fs::write(&fresh, response.encode_to_vec())?;
        fs::rename(fresh, path)
    }

    fn load_kind(&self, kind: Kind, stream: &Stream) -> Option<Push> {
        let path = self.path(kind);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
            Err(error) => {
                tracing::warn!(path = %path.display(), %error, "cannot read the cached rules");
                return None;
            }
        };
        let message = SubscribeResponse::decode(&*bytes).ok();
        let push = message.and_then(|message| stream.reread(&message)).filter(|push| push.kind == kind);
        if push.is_none() {
            tracing::warn!(path = %path.display(), "the cached rules are damaged or not lawful; left out");
        }
        push
    }

    fn path(&self, kind: Kind) -> PathBuf {
        self.directory.join(format!("{}.push", kind.name()))
    }
}

/// Makes a file name of any text: letters, digits, `-` and `_` stay, every other byte becomes `%` and two digits.
fn escape(text: &str) -> String {
    text.bytes().fold(String::new(), |mut name, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_') {
            name.push(char::from(byte));
        } else {
            // Writing into a String cannot fail.
            let _ = write!(name, "%{byte:02x}");
        }
        name
    })
}

#[cfg(test)]
mod tests {
    use opensergo_api::AppKey;
    use opensergo_wire::proto::fault_tolerance::v1::ThrottlingStrategy;
    use opensergo_wire::proto::transport::v1::DataWithVersion;
    use opensergo_wire::{ResponseId, Topic, frame};
    use prost::Name;
    use prost_types::Any;

    use super::*;
    use crate::config::Config;
    use crate::interest::Interest;

    fn throttling() -> Kind {
        Kind::find_simple("ThrottlingStrategy").expect("a kind")
    }

    /// A push of one strategy that starts calls `interval` milliseconds apart.
    fn push(interval: i64) -> SubscribeResponse {
        let message = ThrottlingStrategy {
            name: "pace".to_owned(),
            min_interval_millis_of_requests: interval,
            queue_timeout_millis: 500,
        };
        let any = Any { type_url: ThrottlingStrategy::type_url(), value: message.encode_to_vec() };
        let key = AppKey { namespace: "default".to_owned(), app: "../app".to_owned() };
        let list = DataWithVersion { data: vec![any], version: 7 };
        frame::push(&Topic { kind: throttling(), key }, list, &ResponseId::Version, "test")
    }

    fn cache_and_stream(directory: &Path) -> (Cache, Stream) {
        let stream = Stream::try_new(&Config::new("http://127.0.0.1:9", "../app"), Interest::of_the_engine());
        (Cache::new(directory, "default", "../app"), stream.expect("an address"))
    }

    #[tokio::test]
    async fn what_is_stored_is_loaded_and_the_newest_counts() {
        let directory = tempfile::tempdir().expect("a directory");
        let (cache, stream) = cache_and_stream(directory.path());
        assert_eq!(cache.load(&stream), []);
        cache.store(throttling(), &push(10)).expect("a disk");
        cache.store(throttling(), &push(20)).expect("a disk");
        let loaded: Vec<_> = cache.load(&stream).into_iter().map(|push| (push.kind, push.objects.len())).collect();
        assert_eq!(loaded, [(throttling(), 1)]);
        let printed = cache.load(&stream)[0].objects[0].spec().print();
        assert_eq!(printed["minIntervalOfRequests"], "20ms");
    }

    #[tokio::test]
    async fn a_damaged_an_unlawful_and_a_misplaced_file_are_left_out() {
        let directory = tempfile::tempdir().expect("a directory");
        let (cache, stream) = cache_and_stream(directory.path());
        let rate_limit = Kind::find_simple("RateLimitStrategy").expect("a kind");
        cache.store(throttling(), &push(-1)).expect("a disk");
        cache.store(rate_limit, &push(10)).expect("a disk");
        assert_eq!(cache.load(&stream), []);
        fs::write(cache.path(throttling()), b"\xff\xff").expect("a disk");
        assert_eq!(cache.load(&stream), []);
    }

    #[test]
    fn no_name_of_an_application_leads_out_of_the_directory() {
        assert_eq!(escape("foo-app_1"), "foo-app_1");
        assert_eq!(escape("../Ä/."), "%2e%2e%2f%c3%84%2f%2e");
    }
}
