//! The CRDs as a real API server has them: it takes and serves them all, and judges the corpus as the doors do.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;

use anyhow::{Context, ensure};
use e2e::KubeApiserver;
use opensergo_api::document::{Document, Entry, read};
use opensergo_api::schema::{Exceptions, written};
use opensergo_api::{Invalid, Kind};
use serde_json::{Value, json};

const DEFINITIONS: &str = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
/// How many documents are asked about at the same time.
const THREADS: usize = 8;

/// One document of the corpus.
struct Case {
    file: PathBuf,
    kind: Kind,
    document: Value,
    /// What the door says against its contents.
    invalids: Vec<Invalid>,
}

impl Case {
    /// Has a document judged; `None` for what cannot be said in JSON.
    fn of(file: &Path, document: &Document) -> Option<Self> {
        let (id, mut text) = (document.id(), written::read(document.text())?.value);
        // Metadata belongs to the API server: namespaces it does not have, and labels it does not take.
        text["metadata"] = json!({ "name": id.name.as_str() });
        let invalids = document.check().invalids.into_iter().map(|located| located.item);
        let invalids = invalids.filter(|invalid| !invalid.path.starts_with("metadata")).collect();
        Some(Self { file: file.to_owned(), kind: id.kind, document: text, invalids })
    }

    /// Compares what the server says with what the door says; a difference is a fault, unless the list has it.
    fn compare(&self, server: &KubeApiserver, exceptions: &Exceptions) -> anyhow::Result<Option<String>> {
        let refusal = refusal(server, self.kind, &self.document)?;
        Ok(match (self.invalids.is_empty(), refusal) {
            (true, None) | (false, Some(_)) => None,
            (true, Some(message)) => {
                let yielding = exceptions.yielding(&self.document);
                let is_excused = yielding != self.document && self::refusal(server, self.kind, &yielding)?.is_none();
                (!is_excused).then(|| format!("the server refuses what the door takes: {message}"))
            }
            (false, None) => {
                let missed = |invalid: &&Invalid| exceptions.find(&self.document, invalid).is_none();
                let missed: Vec<_> = self.invalids.iter().filter(missed).map(Invalid::to_string).collect();
                (!missed.is_empty()).then(|| format!("the server takes what the door refuses: {}", missed.join("; ")))
            }
        })
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Lists the YAML files below a folder.
fn files(folder: &Path, found: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            files(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            found.push(path);
        }
    }
    Ok(())
}

/// Reads every file of `deploy/crds`.
fn definitions() -> anyhow::Result<Vec<Value>> {
    let mut found = Vec::new();
    files(&root().join("deploy/crds"), &mut found)?;
    let read = |file: PathBuf| {
        let text = fs::read_to_string(&file)?;
        Ok(written::read(&text).with_context(|| file.display().to_string())?.value)
    };
    found.into_iter().map(read).collect()
}

/// Reads every document of the corpus that is of a kind of ours and can be read.
fn cases() -> anyhow::Result<Vec<Case>> {
    let (mut found, mut cases) = (Vec::new(), Vec::new());
    files(&root().join("corpus"), &mut found)?;
    for file in found {
        let Ok(text) = fs::read_to_string(&file) else { continue };
        for entry in read("corpus", &text) {
            let Entry::Document(document) = entry else { continue };
            cases.extend(Case::of(&file, &document));
        }
    }
    Ok(cases)
}

fn collection(kind: Kind) -> String {
    format!("/apis/{}/namespaces/default/{}", kind.api_version(), kind.plural())
}

/// Asks whether a document could be created; returns why not.
fn refusal(server: &KubeApiserver, kind: Kind, document: &Value) -> anyhow::Result<Option<String>> {
    let (status, answer) = server.dry_run_create(&collection(kind), document)?;
    ensure!([201, 400, 422].contains(&status), "{status} for {document}: {answer:#}");
    Ok((status != 201).then(|| answer["message"].as_str().unwrap_or_default().to_owned()))
}

/// Starts a server that has all CRDs, and serves them.
fn server() -> anyhow::Result<KubeApiserver> {
    let server = KubeApiserver::start()?;
    for definition in definitions()? {
        let name = definition["metadata"]["name"].as_str().context("a name")?;
        let (status, answer) = server.apply(&format!("{DEFINITIONS}/{name}"), &definition)?;
        ensure!(status == 201, "{name}: {status} {answer:#}");
    }
    for kind in Kind::all() {
        let path = format!("{DEFINITIONS}/{}.{}", kind.plural(), kind.group());
        server.wait_for(&path, |_, definition| {
            let conditions = definition["status"]["conditions"].as_array().into_iter().flatten();
            let holds = |condition: &Value| {
                ["Established", "NamesAccepted"].map(Value::from).contains(&condition["type"])
                    && condition["status"] == "True"
            };
            conditions.filter(|condition| holds(condition)).count() == 2
        })?;
        server.wait_for(&collection(kind), |status, _| status == 200)?;
    }
    Ok(server)
}

/// Has every case compared, several at a time; returns the faults.
fn compare(server: &KubeApiserver, cases: Vec<Case>) -> anyhow::Result<Vec<String>> {
    let exceptions: BTreeMap<Kind, Exceptions> = Kind::all().map(|kind| (kind, Exceptions::of(kind))).collect();
    let cases = Mutex::new(cases.into_iter());
    let work = || {
        let mut faults = Vec::new();
        loop {
            let Some(case) = cases.lock().ok().and_then(|mut cases| cases.next()) else { return Ok(faults) };
            let fault = case.compare(server, &exceptions[&case.kind])?;
            faults.extend(fault.map(|fault| format!("{} {}: {fault}", case.file.display(), case.kind.name())));
        }
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(work)).collect();
        let faults: anyhow::Result<Vec<Vec<String>>> = threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect();
        Ok(faults?.concat())
    })
}

#[test]
fn the_api_server_judges_the_corpus_as_the_doors_do() -> anyhow::Result<()> {
    let (server, cases) = (server()?, cases()?);
    let count = cases.len();
    ensure!(count > 1_000, "only {count} documents");
    let faults = compare(&server, cases)?;
    assert!(faults.is_empty(), "{} differences:\n{}", faults.len(), faults.join("\n"));
    columns(&server)
}

/// Makes sure that a listing shows what is worth knowing of a kind.
fn columns(server: &KubeApiserver) -> anyhow::Result<()> {
    for kind in Kind::all() {
        let (_, definition) = server.get(&format!("{DEFINITIONS}/{}.{}", kind.plural(), kind.group()))?;
        let columns = definition["spec"]["versions"][0]["additionalPrinterColumns"].as_array();
        let shown: Vec<_> = columns.into_iter().flatten().filter_map(|column| column["name"].as_str()).collect();
        let own = kind.columns().iter().map(|column| column.heading);
        assert_eq!(shown, own.chain(["App", "Age"]).collect::<Vec<_>>(), "{kind}");
    }
    Ok(())
}
