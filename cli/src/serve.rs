//! A server of files that are held in memory: as much of HTTP/1.1 as a browser needs of a static host.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use crate::lab::Files;

/// How long a client may take for its request, and for reading the answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest head of a request that is read.
const LONGEST_HEAD: u64 = 64 << 10;

/// Answers every connection, each in a thread of its own, since browsers open some that they do not use yet.
pub(crate) fn serve(listener: &TcpListener, files: &Files) {
    thread::scope(|scope| {
        for connection in listener.incoming() {
            // A client that is gone, or that writes what is no request, concerns nobody else.
            let Ok(connection) = connection else { continue };
            // Without a thread for it the client sees that the connection is closed.
            let _ = thread::Builder::new().spawn_scoped(scope, move || answer(&connection, files));
        }
    });
}

fn answer(mut connection: &TcpStream, files: &Files) -> io::Result<()> {
    connection.set_read_timeout(Some(PATIENCE))?;
    connection.set_write_timeout(Some(PATIENCE))?;
    let mut lines = BufReader::new(connection.take(LONGEST_HEAD)).lines();
    let Some(request) = lines.next().transpose()? else { return Ok(()) };
    // What is left unread would make the answer be lost when the connection is closed.
    for line in lines {
        if line?.is_empty() {
            break;
        }
    }
    let (status, kind, content) = answered(&request, files);
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\
         Cache-Control: no-cache\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n",
        content.len()
    );
    connection.write_all(head.as_bytes())?;
    if !request.starts_with("HEAD ") {
        connection.write_all(content)?;
    }
    connection.flush()
}

/// The status, the type and the content of the answer to the first line of a request.
fn answered<'a>(request: &str, files: &'a Files) -> (&'static str, &'static str, &'a [u8]) {
    const TEXT: &str = "text/plain; charset=utf-8";
    let mut words = request.split(' ');
    let (Some("GET" | "HEAD"), Some(target)) = (words.next(), words.next()) else {
        return ("405 Method Not Allowed", TEXT, b"Only GET and HEAD are answered.\n");
    };
    let path = target.split(['?', '#']).next().unwrap_or(target).trim_start_matches('/');
    let path = if path.is_empty() { "index.html" } else { path };
    match files.get(path) {
        Some(content) => ("200 OK", kind(path), content),
        None => ("404 Not Found", TEXT, b"There is no such page.\n"),
    }
}

fn kind(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        // Browsers compile a module while it arrives only if it has this type.
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("json") => "application/json",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
