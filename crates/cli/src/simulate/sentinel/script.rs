//! A script of calls, in a few words each, and what came of them in the same words.
//!
//! ```text
//! 0: 3P 2B                       five calls at 0
//! 0+60 took=60 error: 7P         seven calls, one every 60 ms, each fails after 60 ms
//! 810 b: closed -> open          the breaker b turns
//! 900 rules other                another set of rules from now on
//! 900 gauges cpu=0.8             what the instance measures
//! accepts s: RateLimitStrategy {…}       refuses …: what the door says
//! ```
//! Between the time and the colon: `took=MS` or `took=ever`, `error`, `count=N`, `out`, `on=RESOURCE` (`#` becomes the
//! number of the call), and attributes as `caller=a` or `header:x-user=a`.

use serde_json::{Map, Value, json};

/// A script, as it is written.
pub(super) struct Script<'a> {
    lines: Vec<&'a str>,
    /// Whether who refused is said.
    is_named: bool,
}

/// Calls of one line.
struct Group<'a> {
    at: f64,
    step: Option<f64>,
    words: Vec<&'a str>,
    /// What becomes of them, a word for each call.
    tokens: Vec<String>,
}

impl<'a> Script<'a> {
    pub(super) fn read(text: &'a str, is_named: bool) -> Self {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
        Self { lines, is_named }
    }

    /// Returns the lines that say what is lawful: the verdict, and the rule.
    pub(super) fn judged(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let verdicts = ["accepts", "refuses"];
        self.lines.iter().filter_map(|line| line.split_once(' ')).filter(move |(word, _)| verdicts.contains(word))
    }

    /// Writes the calls as lines of JSON.
    pub(super) fn calls(&self) -> String {
        let lines = self.lines.iter().flat_map(|line| match Group::read(line) {
            Some(group) => group.calls(),
            None => order(line).into_iter().collect(),
        });
        lines.fold(String::new(), |text, line| format!("{text}{line}\n"))
    }

    /// Returns what should come of the calls: everything but the orders.
    pub(super) fn expected(&self) -> String {
        let judged = self.judged().map(|(verdict, rule)| format!("{verdict} {rule}\n"));
        let others = self.lines.iter().filter_map(|line| match Group::read(line) {
            Some(group) => Some(group.line(0, &group.tokens)),
            None => line.contains(" -> ").then(|| format!("{line}\n")),
        });
        judged.chain(others).collect()
    }

    /// Tells decisions and turns in the words of the script.
    pub(super) fn found(&self, out: &str) -> String {
        let mut records = out.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON")).peekable();
        let mut told = String::new();
        for group in self.lines.iter().filter_map(|line| Group::read(line)) {
            let (mut first, mut tokens) = (0, Vec::new());
            while first + tokens.len() < group.tokens.len() {
                let Some(record) = records.next() else { break };
                if record.get("decision").is_some() {
                    tokens.push(self.token(&record));
                    continue;
                }
                told += &group.line(first, &tokens);
                first += tokens.len();
                tokens.clear();
                told += &turn(&record);
            }
            told += &group.line(first, &tokens);
        }
        records.for_each(|record| told += &turn(&record));
        told
    }

    fn token(&self, record: &Value) -> String {
        let by = record["strategy"].as_str().filter(|_| self.is_named).map(|name| format!(":{name}"));
        let word = match record["decision"].as_str() {
            Some("admit") if record["dry_run"] == true => "D".to_owned(),
            Some("admit") => "P".to_owned(),
            Some("wait") => format!("W{}", record["wait_ms"]),
            _ => "B".to_owned(),
        };
        word + &by.unwrap_or_default()
    }
}

impl<'a> Group<'a> {
    /// Reads a line of calls; `None` when it is another line.
    fn read(line: &'a str) -> Option<Self> {
        let (head, tokens) = line.rsplit_once(": ")?;
        let mut words = head.split(' ');
        let time = words.next()?;
        let (at, step) = time.split_once('+').map_or((time, None), |(at, step)| (at, Some(step)));
        let step = step.map(|step| step.parse().expect("a step"));
        if line.contains(" -> ") {
            return None;
        }
        let tokens = tokens.split_whitespace().flat_map(|token| {
            let digits = token.len() - token.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let (times, word) = token.split_at(digits);
            std::iter::repeat_n(word.to_owned(), times.parse().unwrap_or(1))
        });
        Some(Self { at: at.parse().ok()?, step, words: words.collect(), tokens: tokens.collect() })
    }

    fn calls(&self) -> Vec<Value> {
        (0..self.tokens.len()).map(|index| self.call(index)).collect()
    }

    fn call(&self, index: usize) -> Value {
        let mut call = json!({ "at_ms": self.time(index), "resource": "r" });
        let mut attributes = Map::new();
        for word in &self.words {
            let (name, value) = word.split_once('=').unwrap_or((word, ""));
            match name {
                "took" => call["took_ms"] = serde_json::from_str(value).unwrap_or(Value::Null),
                "error" => call["outcome"] = "error".into(),
                "count" => call["count"] = serde_json::from_str(value).expect("a number"),
                "out" => call["inbound"] = false.into(),
                "on" => call["resource"] = value.replace('#', &(index + 1).to_string()).into(),
                name => {
                    let value = serde_json::from_str(value).unwrap_or_else(|_| value.into());
                    attributes.insert(name.to_owned(), value);
                }
            }
        }
        if !attributes.is_empty() {
            call["attributes"] = attributes.into();
        }
        call
    }

    #[expect(clippy::cast_precision_loss, reason = "scripts are short")]
    fn time(&self, index: usize) -> f64 {
        self.at + self.step.unwrap_or_default() * index as f64
    }

    /// Writes some of its calls, equal neighbours together; nothing when there are none.
    fn line(&self, first: usize, tokens: &[String]) -> String {
        if tokens.is_empty() {
            return String::new();
        }
        let step = self.step.filter(|_| tokens.len() > 1).map(|step| format!("+{step}")).unwrap_or_default();
        let words = self.words.iter().fold(String::new(), |words, word| format!("{words} {word}"));
        let runs = tokens.chunk_by(|a, b| a == b).map(|run| match run {
            [one] => format!(" {one}"),
            several => format!(" {}{}", several.len(), several[0]),
        });
        format!("{}{step}{words}:{}\n", self.time(first), runs.collect::<String>())
    }
}

fn turn(record: &Value) -> String {
    let text = |name: &str| record[name].as_str().expect("a text").to_owned();
    format!("{} {}: {} -> {}\n", record["at_ms"], text("breaker"), text("from"), text("to"))
}

/// Reads an order: other rules, or gauges.
fn order(line: &str) -> Option<Value> {
    let mut words = line.split(' ');
    let at: f64 = words.next()?.parse().ok()?;
    match words.next()? {
        "rules" => Some(json!({ "at_ms": at, "rules": words.next()? })),
        "gauges" => {
            let gauge = |word: &str| {
                let (name, value) = word.split_once('=').expect("a gauge");
                (name.to_owned(), serde_json::from_str(value).expect("a number"))
            };
            Some(json!({ "at_ms": at, "gauges": words.map(gauge).collect::<Map<_, _>>() }))
        }
        _ => None,
    }
}
