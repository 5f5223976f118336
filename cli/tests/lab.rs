//! `bits lab`: the site is served to this computer, or written.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};

fn lab(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bits"));
    command.arg("lab").args(arguments);
    command
}

/// A command that serves, ended with the test.
struct Served {
    command: Child,
    address: String,
    _out: BufReader<ChildStdout>,
}

impl Served {
    fn start() -> Self {
        let mut command = lab(&["--port", "0"]).stdout(Stdio::piped()).spawn().unwrap();
        let mut out = BufReader::new(command.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let address = line.trim().trim_start_matches("http://").trim_end_matches('/').to_owned();
        assert!(address.starts_with("127.0.0.1:"), "{line}");
        Self { command, address, _out: out }
    }

    /// Sends the first line of a request, and returns the head and the content of the answer.
    fn ask(&self, request: &str) -> (String, Vec<u8>) {
        let mut connection = TcpStream::connect(&self.address).unwrap();
        write!(connection, "{request} HTTP/1.1\r\nHost: {}\r\n\r\n", self.address).unwrap();
        let mut answer = Vec::new();
        connection.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let content = answer.split_off(end + 4);
        (String::from_utf8(answer).unwrap(), content)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.command.kill();
        let _ = self.command.wait();
    }
}

/// The files of the site, as `-o` writes them.
fn written(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    let output = lab(&["-o", folder.to_str().unwrap()]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    folder
}

/// The name of the file of the site that ends so.
fn asset(folder: &std::path::Path, ending: &str) -> String {
    let names = fs::read_dir(folder.join("assets")).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.into_iter().find(|name| name.ends_with(ending)).unwrap()
}

#[test]
fn the_site_is_served_with_the_types_that_browsers_ask_for() {
    let folder = written("lab-served");
    let served = Served::start();
    let (head, page) = served.ask("GET /");
    assert!(head.starts_with("HTTP/1.1 200 ") && head.contains("Content-Type: text/html"));
    assert_eq!(page, fs::read(folder.join("index.html")).unwrap());
    let name = asset(&folder, ".wasm");
    let (head, module) = served.ask(&format!("GET /assets/{name}?again"));
    assert!(head.contains("Content-Type: application/wasm"), "{head}");
    assert_eq!(module, fs::read(folder.join("assets").join(name)).unwrap());
    let (head, content) = served.ask("HEAD /index.html");
    assert!(head.contains(&format!("Content-Length: {}", page.len())) && content.is_empty());
    for missing in ["/riddle", "/../Cargo.toml", "/assets/", "//etc/passwd"] {
        assert!(served.ask(&format!("GET {missing}")).0.starts_with("HTTP/1.1 404 "), "{missing}");
    }
    assert!(served.ask("POST /").0.starts_with("HTTP/1.1 405 "));
    // A client that says nothing, or what is no request, keeps nobody waiting.
    let _silent = TcpStream::connect(&served.address).unwrap();
    assert!(served.ask("GET /").0.starts_with("HTTP/1.1 200 "));
}

#[test]
fn the_site_is_written_for_any_host() {
    let folder = written("lab-written");
    let page = fs::read_to_string(folder.join("index.html")).unwrap();
    // Addresses are relative, so that the folder can stand anywhere.
    assert!(page.contains("\"./assets/") && !page.contains("=\"/"), "{page}");
    assert!(page.contains(&asset(&folder, ".css")), "{page}");
}

#[test]
fn a_taken_port_and_a_file_in_the_way_are_told() {
    let served = Served::start();
    let port = served.address.rsplit(':').next().unwrap();
    let output = lab(&["--port", port]).output().unwrap();
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(complaint.contains(port) && complaint.contains("--port 0"), "{complaint}");
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("lab-in-the-way");
    fs::write(&file, "").unwrap();
    let output = lab(&["-o", file.to_str().unwrap()]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("cannot write "));
}
