//! Which cgroups limit this process: found in `/proc/self/cgroup` and `/proc/self/mountinfo`.
//!
//! Each controller is in a hierarchy of its own (version 1), or all are in one (version 2, whose line begins `0::`); on
//! hybrid machines a controller that has a version 1 hierarchy is not in the other.

use std::path::{Path, PathBuf};

use super::text;

/// The cgroups of this process.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Cgroups {
    /// What has the limits of processor time.
    pub(super) cpu: Option<Hierarchy>,
    /// What counts the processor time: in version 1 a hierarchy of its own, perhaps.
    pub(super) cpuacct: Option<Hierarchy>,
    /// What has the limits and the use of memory.
    pub(super) memory: Option<Hierarchy>,
}

/// The way from a mount down to our cgroup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hierarchy {
    pub(super) version: Version,
    mount: PathBuf,
    /// From the mount to our cgroup, empty when we are at the mount.
    below: Vec<String>,
}

/// Which files a cgroup has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    One,
    Two,
}

/// One line of `/proc/self/mountinfo` that mounts cgroups.
struct Mount {
    version: Version,
    /// Which cgroup is mounted.
    top: String,
    at: String,
    /// The options of the file system, among them its controllers.
    options: String,
}

impl Cgroups {
    /// Finds them under a root; the mounts are looked for under the same root.
    pub(super) fn find(root: &Path) -> Self {
        let read = |name| text::read(&root.join("proc/self").join(name)).unwrap_or_default();
        Self::of(root, &read("cgroup"), &read("mountinfo"))
    }

    fn of(root: &Path, cgroup: &str, mountinfo: &str) -> Self {
        let mounts: Vec<_> = mountinfo.lines().filter_map(mount).collect();
        let find = |controller| hierarchy(root, controller, cgroup, &mounts);
        Self { cpu: find("cpu"), cpuacct: find("cpuacct"), memory: find("memory") }
    }
}

impl Hierarchy {
    /// Returns the folders from the mount down to our cgroup, the last.
    pub(super) fn levels(&self) -> Vec<PathBuf> {
        let mut levels = vec![self.mount.clone()];
        for name in &self.below {
            levels.push(levels[levels.len() - 1].join(name));
        }
        levels
    }

    /// Returns the folder of our cgroup.
    pub(super) fn own(&self) -> PathBuf {
        self.below.iter().fold(self.mount.clone(), |path, name| path.join(name))
    }

    /// Returns the folder that stands in this hierarchy where `other` stands in another, so many levels down.
    pub(super) fn level_beside(&self, other: &Self, depth: usize) -> Option<PathBuf> {
        let below = other.below.get(..depth)?;
        (self.below.get(..depth)? == below).then(|| below.iter().fold(self.mount.clone(), |path, name| path.join(name)))
    }
}

/// Finds the hierarchy of a controller: of version 1 where a line names it, else of version 2.
fn hierarchy(root: &Path, controller: &str, cgroup: &str, mounts: &[Mount]) -> Option<Hierarchy> {
    let lines = || cgroup.lines().filter_map(|line| line.split_once(':')?.1.split_once(':'));
    let one = lines().find(|(controllers, _)| controllers.split(',').any(|name| name == controller));
    let (version, path) = match one {
        Some((_, path)) => (Version::One, path),
        None => (Version::Two, lines().find(|(controllers, _)| controllers.is_empty())?.1),
    };
    let has_it = |mount: &&Mount| {
        mount.version == version && (version == Version::Two || mount.options.split(',').any(|name| name == controller))
    };
    let mut fitting: Vec<_> = mounts.iter().filter(has_it).collect();
    // Of several mounts the nearest to our cgroup; where none holds it, as seen from outside a namespace, the first.
    fitting.sort_by_key(|mount| std::cmp::Reverse(below(&mount.top, path).map(|_| mount.top.len())));
    let mount = fitting.first()?;
    let below = below(&mount.top, path).unwrap_or_default();
    Some(Hierarchy { version, mount: root.join(mount.at.trim_start_matches('/')), below })
}

/// Returns the names from one cgroup down to another; `None` when that is not below it.
fn below(top: &str, path: &str) -> Option<Vec<String>> {
    let rest = path.strip_prefix(top.trim_end_matches('/'))?;
    let names: Vec<_> = rest.split('/').filter(|name| !name.is_empty()).map(str::to_owned).collect();
    let is_below = (rest.is_empty() || rest.starts_with('/')) && names.iter().all(|name| name != "..");
    is_below.then_some(names)
}

/// Takes a line of `/proc/self/mountinfo`: `31 23 0:28 /top /at rw shared:1 - cgroup2 cgroup2 rw`.
fn mount(line: &str) -> Option<Mount> {
    let (mounted, system) = line.split_once(" - ")?;
    let (mut mounted, mut system) = (mounted.split(' ').skip(3), system.split(' '));
    let version = match system.next()? {
        "cgroup" => Version::One,
        "cgroup2" => Version::Two,
        _ => return None,
    };
    let options = system.nth(1).unwrap_or_default().to_owned();
    Some(Mount { version, top: unescape(mounted.next()?), at: unescape(mounted.next()?), options })
}

/// Undoes what the kernel does to space, tab, line feed and backslash in a path.
fn unescape(path: &str) -> String {
    [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")]
        .iter()
        .fold(path.to_owned(), |path, (escaped, plain)| path.replace(escaped, plain))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TWO: &str = "31 23 0:28 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n";

    fn own(cgroup: &str, mountinfo: &str) -> [Option<(Version, String)>; 3] {
        let found = Cgroups::of(Path::new("/r"), cgroup, mountinfo);
        [found.cpu, found.cpuacct, found.memory]
            .map(|found| found.map(|found| (found.version, found.own().display().to_string())))
    }

    #[test]
    fn version_two_has_all_controllers_in_one_hierarchy() {
        let two = |path: &str| Some((Version::Two, path.to_owned()));
        assert_eq!(own("0::/\n", TWO), [two("/r/sys/fs/cgroup"), two("/r/sys/fs/cgroup"), two("/r/sys/fs/cgroup")]);
        let [cpu, ..] = own("0::/kubepods.slice/pod 1.slice\n", TWO);
        assert_eq!(cpu, two("/r/sys/fs/cgroup/kubepods.slice/pod 1.slice"));
    }

    #[test]
    fn what_is_mounted_may_be_our_own_cgroup_or_one_we_can_not_see() {
        let mounted = "31 23 0:28 /docker/a\\040b /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n";
        for path in ["/docker/a b", "/docker/a bc", "/../other", "/"] {
            let [cpu, ..] = own(&format!("0::{path}\n"), mounted);
            assert_eq!(cpu, Some((Version::Two, "/r/sys/fs/cgroup".to_owned())), "{path}");
        }
    }

    #[test]
    fn on_a_hybrid_machine_a_controller_is_where_version_one_names_it() {
        let cgroup = "4:memory:/a\n2:cpu,cpuacct:/a/b\n1:name=systemd:/\n0::/u\n";
        let mountinfo = "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n\
                         35 31 0:32 /a /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n\
                         41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";
        let one = |path: &str| Some((Version::One, path.to_owned()));
        let cpu = "/r/sys/fs/cgroup/cpu,cpuacct/a/b";
        assert_eq!(own(cgroup, mountinfo), [one(cpu), one(cpu), one("/r/sys/fs/cgroup/memory")]);
    }

    #[test]
    fn without_files_or_mounts_there_are_no_cgroups() {
        for (cgroup, mountinfo) in [("", ""), ("0::/\n", ""), ("", TWO), ("nonsense", "a - cgroup2"), (":", " - ")] {
            assert_eq!(own(cgroup, mountinfo), [None, None, None], "{cgroup} {mountinfo}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(
            cgroup in "([0-9:/.,a-z \n]|cpu|::|- cgroup2 )*",
            mountinfo in "([0-9:/.\\\\ \n]|cpu| - |cgroup2 )*",
        ) {
            Cgroups::of(Path::new("/"), &cgroup, &mountinfo);
        }
    }
}
