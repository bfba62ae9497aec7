//! The source of files against a real file system. Each waits for facts; nothing sleeps, and nothing is found by the
//! rescan or by quiet unless the story is about that.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::mailbox::Mailbox;
use super::watch::Watch;
use super::{Files, Settings};
use crate::source::EVENTS;
use crate::source::contract::{Knowledge, Model, rule};

const NEVER: Duration = Duration::from_hours(1);
const ONLY_WHAT_IS_TOLD: Settings = Settings { quiet: NEVER, rescan: NEVER };

/// A running source over one root in a directory of its own.
struct Stage {
    place: TempDir,
    model: Model,
    _task: JoinSet<()>,
}

impl Stage {
    /// Prepares a directory, starts a source over a root in it, and waits for nothing.
    fn set(root: &str, settings: Settings, prepare: impl FnOnce(&Path)) -> Self {
        let place = tempfile::tempdir().unwrap();
        prepare(place.path());
        let (sender, events) = mpsc::channel(EVENTS);
        let files = Files::new(vec![place.path().join(root)]).with_settings(settings);
        let mut task = JoinSet::new();
        task.spawn(files.run(sender, CancellationToken::new()));
        Self { place, model: Model::new(events), _task: task }
    }

    /// Starts over a directory `rules` with these files.
    async fn with_rules(rules: &[(&str, &str)]) -> Self {
        let mut stage = Self::set("rules", ONLY_WHAT_IS_TOLD, |place| {
            fs::create_dir(place.join("rules")).unwrap();
            for (name, marker) in rules {
                fs::write(place.join("rules").join(format!("{name}.yaml")), rule(name, marker)).unwrap();
            }
        });
        assert_eq!(stage.model.next().await, Knowledge::of(rules));
        stage
    }

    fn path(&self, path: &str) -> PathBuf {
        self.place.path().join(path)
    }
}

#[tokio::test]
async fn a_file_replaced_by_rename_is_one_step() {
    let mut stage = Stage::with_rules(&[("a", "1")]).await;
    fs::write(stage.path("rules/.a.yaml.swp"), rule("a", "2")).unwrap();
    fs::rename(stage.path("rules/.a.yaml.swp"), stage.path("rules/a.yaml")).unwrap();
    assert_eq!(stage.model.next().await, Knowledge::of(&[("a", "2")]));
}

#[tokio::test]
async fn a_file_truncated_and_written_again_is_told_when_it_is_closed() {
    let mut stage = Stage::with_rules(&[("a", "1")]).await;
    fs::write(stage.path("rules/a.yaml"), rule("a", "2")).unwrap();
    assert_eq!(stage.model.next().await, Knowledge::of(&[("a", "2")]));
}

#[tokio::test]
async fn half_a_file_is_not_told_even_when_another_one_changes() {
    let mut stage = Stage::with_rules(&[("a", "1")]).await;
    let mut file = File::create(stage.path("rules/a.yaml")).unwrap();
    file.write_all(rule("a", "2").trim_end().as_bytes()).unwrap();
    fs::write(stage.path("rules/b.yaml"), rule("b", "1")).unwrap();
    assert_eq!(stage.model.next().await, Knowledge::of(&[("a", "1"), ("b", "1")]));
    file.write_all(b"5").unwrap();
    drop(file);
    assert_eq!(stage.model.next().await, Knowledge::of(&[("a", "25"), ("b", "1")]));
}

#[tokio::test]
async fn a_file_that_stays_open_is_told_when_it_has_been_quiet() {
    let settings = Settings { quiet: Duration::from_millis(50), rescan: NEVER };
    let mut stage = Stage::set("rules", settings, |place| fs::create_dir(place.join("rules")).unwrap());
    assert_eq!(stage.model.next().await, Knowledge::of(&[]));
    let mut file = File::create(stage.path("rules/a.yaml")).unwrap();
    file.write_all(rule("a", "2").as_bytes()).unwrap();
    assert_eq!(stage.model.next().await, Knowledge::of(&[("a", "2")]));
    drop(file);
}

/// Lays out a directory as the kubelet mounts a `ConfigMap`.
fn mount(directory: &Path, version: &str, rules: &[(&str, &str)]) {
    fs::create_dir_all(directory.join(version)).unwrap();
    for (name, marker) in rules {
        fs::write(directory.join(version).join(format!("{name}.yaml")), rule(name, marker)).unwrap();
    }
    symlink(version, directory.join("..data_tmp")).unwrap();
    fs::rename(directory.join("..data_tmp"), directory.join("..data")).unwrap();
    for (name, _) in rules {
        let _ = symlink(format!("..data/{name}.yaml"), directory.join(format!("{name}.yaml")));
    }
}

#[tokio::test]
async fn the_swap_of_a_config_map_is_one_step() {
    let mut stage = Stage::set("rules", ONLY_WHAT_IS_TOLD, |place| {
        mount(&place.join("rules"), "..2024_1", &[("a", "1"), ("b", "1")]);
    });
    assert_eq!(stage.model.next().await, Knowledge::of(&[("a", "1"), ("b", "1")]));
    mount(&stage.path("rules"), "..2024_2", &[("a", "2"), ("b", "2")]);
    fs::remove_dir_all(stage.path("rules/..2024_1")).unwrap();
    assert_eq!(stage.model.next().await, Knowledge::of(&[("a", "2"), ("b", "2")]));
    // And again: the directories watched are those of the second version now.
    mount(&stage.path("rules"), "..2024_3", &[("a", "3"), ("b", "2")]);
    assert_eq!(stage.model.next().await, Knowledge::of(&[("a", "3"), ("b", "2")]));
}

#[tokio::test]
async fn swaps_one_upon_another_never_show_files_of_two() {
    const LAST: u32 = 40;
    let swap = |directory: &Path, marker: u32| {
        let (names, marker) = ((0..20).map(|i| format!("r{i}")).collect::<Vec<_>>(), marker.to_string());
        let rules: Vec<_> = names.iter().map(|name| (name.as_str(), marker.as_str())).collect();
        mount(directory, &format!("..{marker}"), &rules);
    };
    let mut stage = Stage::set("rules", ONLY_WHAT_IS_TOLD, |place| swap(&place.join("rules"), 0));
    let directory = stage.path("rules");
    let swapping = tokio::task::spawn_blocking(move || (1..=LAST).for_each(|marker| swap(&directory, marker)));
    loop {
        let markers: Vec<_> = stage.model.next().await.documents.into_values().collect();
        assert_eq!(markers, vec![markers[0].clone(); 20]);
        if markers[0] == LAST.to_string() {
            break;
        }
    }
    swapping.await.unwrap();
}

#[tokio::test]
async fn one_file_of_a_config_map_is_a_root_like_any_other() {
    let mut stage = Stage::set("mount/a.yaml", ONLY_WHAT_IS_TOLD, |place| {
        mount(&place.join("mount"), "..2024_1", &[("a", "1")]);
    });
    assert_eq!(stage.model.next().await, Knowledge::of(&[("a", "1")]));
    mount(&stage.path("mount"), "..2024_2", &[("a", "2")]);
    assert_eq!(stage.model.next().await, Knowledge::of(&[("a", "2")]));
}

#[tokio::test]
async fn a_root_that_is_a_link_turned_to_another_directory_is_one_step() {
    let checkout = |place: &Path, version: &str, rules: &[(&str, &str)]| {
        fs::create_dir(place.join(version)).unwrap();
        for (name, marker) in rules {
            fs::write(place.join(version).join(format!("{name}.yaml")), rule(name, marker)).unwrap();
        }
        symlink(version, place.join("next")).unwrap();
        fs::rename(place.join("next"), place.join("rules")).unwrap();
    };
    let mut stage = Stage::set("rules", ONLY_WHAT_IS_TOLD, |place| checkout(place, "v1", &[("a", "1"), ("b", "1")]));
    assert_eq!(stage.model.next().await, Knowledge::of(&[("a", "1"), ("b", "1")]));
    checkout(stage.place.path(), "v2", &[("b", "2"), ("c", "2")]);
    assert_eq!(stage.model.next().await, Knowledge::of(&[("b", "2"), ("c", "2")]));
}

#[tokio::test]
async fn a_file_as_root_is_read_whatever_its_name_and_seen_when_it_is_replaced() {
    let mut stage = Stage::set("rules.conf", ONLY_WHAT_IS_TOLD, |place| {
        fs::write(place.join("rules.conf"), rule("a", "1")).unwrap();
    });
    assert_eq!(stage.model.next().await, Knowledge::of(&[("a", "1")]));
    fs::write(stage.path("rules.conf~"), rule("a", "2")).unwrap();
    fs::rename(stage.path("rules.conf~"), stage.path("rules.conf")).unwrap();
    assert_eq!(stage.model.next().await, Knowledge::of(&[("a", "2")]));
    fs::remove_file(stage.path("rules.conf")).unwrap();
    assert_eq!(stage.model.next().await.lost.len(), crate::source::kinds().count());
    fs::write(stage.path("rules.conf"), rule("a", "3")).unwrap();
    assert_eq!(stage.model.next().await, Knowledge::of(&[("a", "3")]));
}

#[tokio::test]
async fn a_new_directory_is_watched() {
    let mut stage = Stage::with_rules(&[]).await;
    fs::create_dir_all(stage.path("beside/deep")).unwrap();
    fs::write(stage.path("beside/deep/a.yml"), rule("a", "1")).unwrap();
    fs::rename(stage.path("beside"), stage.path("rules/team")).unwrap();
    assert_eq!(stage.model.next().await, Knowledge::of(&[("a", "1")]));
    fs::write(stage.path("rules/team/deep/a.yml"), rule("a", "2")).unwrap();
    assert_eq!(stage.model.next().await, Knowledge::of(&[("a", "2")]));
}

#[tokio::test]
async fn a_link_to_a_file_elsewhere_is_seen_at_once_and_followed() {
    let mut stage = Stage::with_rules(&[]).await;
    fs::create_dir(stage.path("elsewhere")).unwrap();
    fs::write(stage.path("elsewhere/a"), rule("a", "1")).unwrap();
    symlink("../elsewhere/a", stage.path("rules/a.yaml")).unwrap();
    assert_eq!(stage.model.next().await, Knowledge::of(&[("a", "1")]));
    fs::write(stage.path("elsewhere/a"), rule("a", "2")).unwrap();
    assert_eq!(stage.model.next().await, Knowledge::of(&[("a", "2")]));
}

#[tokio::test]
async fn a_thousand_documents_in_one_file_are_one_step() {
    let mut stage = Stage::with_rules(&[]).await;
    let names: Vec<_> = (0..1000).map(|i| format!("r{i}")).collect();
    let rules: Vec<_> = names.iter().map(|name| (name.as_str(), "1")).collect();
    let text: Vec<_> = names.iter().map(|name| rule(name, "1")).collect();
    fs::write(stage.path("rules/all.yaml"), text.join("---\n")).unwrap();
    assert_eq!(stage.model.next().await, Knowledge::of(&rules));
}

#[tokio::test]
async fn without_a_watch_changes_are_found_by_looking() {
    let place = tempfile::tempdir().unwrap();
    let (sender, events) = mpsc::channel(EVENTS);
    let settings = Settings { quiet: Duration::from_millis(20), rescan: Duration::from_millis(20) };
    let files = Files::new(vec![place.path().to_owned()]).with_settings(settings);
    let mut task = JoinSet::new();
    task.spawn(async move {
        let mailbox = std::sync::Arc::new(Mailbox::default());
        files.live(Watch::blind(std::sync::Arc::clone(&mailbox)), &mailbox, &sender).await;
    });
    let mut model = Model::new(events);
    assert_eq!(model.next().await, Knowledge::of(&[]));
    fs::write(place.path().join("a.yaml"), rule("a", "1")).unwrap();
    assert_eq!(model.next().await, Knowledge::of(&[("a", "1")]));
    fs::remove_file(place.path().join("a.yaml")).unwrap();
    assert_eq!(model.next().await, Knowledge::of(&[]));
}

#[tokio::test]
async fn it_ends_when_it_is_told_to_and_when_nobody_listens() {
    let place = tempfile::tempdir().unwrap();
    let run = |sender, stop| Files::new(vec![place.path().to_owned()]).run(sender, stop);
    let (sender, events) = mpsc::channel(1);
    let stop = CancellationToken::new();
    stop.cancel();
    run(sender, stop).await;
    drop(events);
    let (sender, events) = mpsc::channel(1);
    drop(events);
    run(sender, CancellationToken::new()).await;
}
