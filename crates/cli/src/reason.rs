//! Why something failed, in one line: the error and its causes, each once.

/// Joins an error and its causes; a cause the text ends with already is not said again.
pub(crate) fn in_words(error: &anyhow::Error) -> String {
    let mut words = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !words.ends_with(&cause) {
            words = format!("{words}: {cause}");
        }
    }
    words.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn every_cause_is_said_once() {
        let error = anyhow!("no such file").context("cannot read a: no such file").context("cannot start");
        assert_eq!(in_words(&error), "cannot start: cannot read a: no such file");
    }
}
