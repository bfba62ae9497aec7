//! All interleavings of two threads that write into one line, and one that reads it.

use loom::sync::Arc;
use loom::thread;

use super::*;

#[test]
fn loom_a_hint_is_whole_and_one_taken_back_stays_away() {
    loom::model(|| {
        let index = Arc::new(Index::new());
        index.grow(1);
        let one = thread::spawn({
            let index = Arc::clone(&index);
            move || {
                index.put(7, 70);
                index.remove(7, 70);
            }
        });
        let other = thread::spawn({
            let index = Arc::clone(&index);
            move || index.put(7, 71)
        });
        assert!(index.find(7).all(|slot| slot == 70 || slot == 71));
        assert!(one.join().is_ok() && other.join().is_ok());
        // The hint of the other may be lost, and nothing else.
        let left: Vec<_> = index.find(7).collect();
        assert!(left.is_empty() || left == [71], "{left:?}");
    });
}
