//! `opensergo fmt`: files in canonical form, and what is never touched.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::given::{Directory, RATE_LIMIT, Ran};

const CANONICAL: &str = "\
apiVersion: fault-tolerance.opensergo.io/v1alpha1
kind: RateLimitStrategy
metadata:
  name: rate-limit-foo
  labels:
    app: foo-app
spec:
  metricType: RequestAmount
  limitMode: Local
  threshold: 2
  statDurationSeconds: 1
";
const FOREIGN: &str = "# None of our business.\napiVersion: v1\nkind:   Service\n";

fn read(directory: &Directory, name: &str) -> String {
    fs::read_to_string(directory.path(name)).unwrap()
}

fn said(status: i32, stdout: &str) -> Ran {
    Ran { status: Some(status), stdout: stdout.to_owned(), stderr: String::new() }
}

#[test]
fn files_are_rewritten_once() {
    let directory = Directory::with(&[("rules/a.yaml", RATE_LIMIT.as_bytes()), ("rules/b.yaml", FOREIGN.as_bytes())]);
    assert_eq!(directory.run(["fmt", "rules", "--check"]), said(1, "rules/a.yaml: not canonical\n"));
    assert_eq!(read(&directory, "rules/a.yaml"), RATE_LIMIT);

    assert_eq!(directory.run(["fmt", "rules"]), said(0, "rules/a.yaml: rewritten\n"));
    assert_eq!([read(&directory, "rules/a.yaml"), read(&directory, "rules/b.yaml")], [CANONICAL, FOREIGN]);
    assert_eq!(directory.run(["fmt", "rules", "--check"]), said(0, ""));
    assert_eq!(directory.run(["check", "rules/a.yaml"]).status, Some(0));
}

#[test]
fn rights_and_links_stay_what_they_were() {
    let directory = Directory::with(&[("real.yaml", RATE_LIMIT.as_bytes())]);
    fs::set_permissions(directory.path("real.yaml"), fs::Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink("real.yaml", directory.path("link.yaml")).unwrap();
    assert_eq!(directory.run(["fmt", "link.yaml"]), said(0, "link.yaml: rewritten\n"));
    assert!(directory.path("link.yaml").is_symlink());
    assert_eq!(read(&directory, "real.yaml"), CANONICAL);
    assert_eq!(fs::metadata(directory.path("real.yaml")).unwrap().permissions().mode() & 0o777, 0o640);
}

#[test]
fn a_file_with_comments_is_left_alone_unless_they_may_go() {
    let commented = format!("# Agreed with the team.\n{RATE_LIMIT}");
    let directory = Directory::with(&[("a.yaml", commented.as_bytes())]);
    let reason = "not canonical, and has comments that would be lost; --drop-comments rewrites it without them";
    assert_eq!(directory.run(["fmt", "a.yaml"]), said(0, ""), "the contents are canonical");
    let disordered =
        commented.replace("spec:\n", "spec:\n  statDuration: 1000ms\n").replace("  statDurationSeconds: 1\n", "");
    directory.save("a.yaml", &disordered);
    assert_eq!(directory.run(["fmt", "a.yaml"]), said(1, &format!("a.yaml:1: {reason}\n")));
    assert_eq!(read(&directory, "a.yaml"), disordered);
    assert_eq!(directory.run(["fmt", "a.yaml", "--drop-comments"]), said(0, "a.yaml: rewritten\n"));
    assert_eq!(read(&directory, "a.yaml"), CANONICAL);
}

#[test]
fn a_file_with_a_refused_document_is_not_touched() {
    let text = format!("{RATE_LIMIT}---\n{}", RATE_LIMIT.replace("threshold: 2", "threshold: many"));
    let directory = Directory::with(&[("a.yaml", text.as_bytes())]);
    let ran = directory.run(["fmt", "a.yaml"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (Some(1), ""));
    assert!(ran.stdout.starts_with("a.yaml:11: spec.threshold: found the text `many`"), "{}", ran.stdout);
    assert_eq!(read(&directory, "a.yaml"), text);
}

#[test]
fn a_path_that_is_not_there_is_no_verdict() {
    let stderr = "error: cannot read rules: No such file or directory (os error 2)\n".to_owned();
    assert_eq!(Directory::with(&[]).run(["fmt", "rules"]), Ran { status: Some(2), stdout: String::new(), stderr });
}
