//! A GET over HTTP/1.1, as small as it gets.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, anyhow};

use crate::clock;

/// How long to wait between two looks at a page.
const GLANCE: Duration = Duration::from_millis(20);

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The body.
    pub body: String,
}

/// Gets a page.
pub fn get(address: SocketAddr, path: &str) -> anyhow::Result<Answer> {
    let mut stream = TcpStream::connect_timeout(&address, clock::CEILING)?;
    stream.set_read_timeout(Some(clock::CEILING))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut text = Vec::new();
    stream.read_to_end(&mut text).with_context(|| format!("GET {path} on {address}"))?;
    parse(&String::from_utf8_lossy(&text)).ok_or_else(|| anyhow!("GET {path} on {address}: no answer of HTTP"))
}

/// Gets a page again and again until it says what is wanted.
pub fn wait_for(address: SocketAddr, path: &str, wanted: impl Fn(&Answer) -> bool) -> anyhow::Result<Answer> {
    let deadline = clock::now() + clock::CEILING;
    loop {
        let answer = get(address, path)?;
        if wanted(&answer) {
            return Ok(answer);
        }
        if clock::now() > deadline {
            return Err(anyhow!("GET {path} on {address} still says {}:\n{}", answer.status, answer.body));
        }
        clock::pause(GLANCE);
    }
}

fn parse(text: &str) -> Option<Answer> {
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.split_ascii_whitespace().nth(1)?.parse().ok()?;
    Some(Answer { status, body: body.to_owned() })
}
