//! `opensergo demo`: every act is asserted by the demo itself, so its exit status is the verdict.

use super::given::Directory;

#[test]
fn every_act_goes_as_promised_and_the_demo_can_be_left_running() {
    let directory = Directory::with(&[]);
    let demo = directory.start(["demo", "--stay"]);
    let mut lines = Vec::new();
    while !lines.iter().any(|line: &String| line.starts_with("^C ends it all")) {
        lines.push(demo.line());
    }
    let acts: Vec<_> = lines.iter().filter(|line| line.contains("/5  ")).map(|line| &line[..1]).collect();
    assert_eq!(acts, ["1", "2", "3", "4", "5"], "{lines:#?}");
    assert!(lines.contains(&"All as promised.".to_owned()), "{lines:#?}");
    let file = lines.iter().find(|line| line.ends_with("rate-limit.yaml") && line.starts_with("  /")).unwrap();
    assert!(std::fs::read_to_string(file.trim()).unwrap().contains("threshold: 2"));
    demo.signal("INT");
    assert_eq!(demo.end().code(), Some(0));
    assert!(!std::path::Path::new(file.trim()).exists());
}
