//! `bits lab`: the site of the lab, served or written.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use flate2::read::GzDecoder;

use crate::output::{complain, print};
use crate::serve;

/// The built site. `LAB=accept .ci/lab` writes it.
const SITE: &[u8] = include_bytes!("../lab.tar.gz");

#[derive(Args)]
pub(crate) struct Options {
    /// Write the site into this folder, for any static host, and serve nothing.
    #[arg(short, long, value_name = "FOLDER", conflicts_with = "port")]
    output: Option<PathBuf>,
    /// The port to serve it at; 0 takes one that is free.
    #[arg(long, default_value_t = 2487)]
    port: u16,
}

/// The files of a site by their paths.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

pub(crate) fn run(options: &Options) -> ExitCode {
    let done = match &options.output {
        Some(folder) => write(folder),
        None => serve(options.port),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            complain(format_args!("error: {message}"));
            ExitCode::from(2)
        }
    }
}

fn files() -> Result<Files, String> {
    unpacked(SITE).map_err(|error| format!("the site inside this command cannot be read: {error}"))
}

fn unpacked(site: &[u8]) -> io::Result<Files> {
    let mut archive = tar::Archive::new(GzDecoder::new(site));
    let mut files = Files::new();
    for entry in archive.entries()? {
        let mut entry = entry?;
        let path = entry.path()?.to_string_lossy().into_owned();
        let mut content = Vec::new();
        entry.read_to_end(&mut content)?;
        files.insert(path, content);
    }
    Ok(files)
}

fn write(folder: &Path) -> Result<(), String> {
    let files = files()?;
    for (path, content) in &files {
        let path = folder.join(path);
        let inside = path.parent().unwrap_or(folder);
        fs::create_dir_all(inside)
            .and_then(|()| fs::write(&path, content))
            .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    }
    print(&format!("{} files in {}\n", files.len(), folder.display()));
    Ok(())
}

/// Serves the site to this computer alone, until the process is ended.
fn serve(port: u16) -> Result<(), String> {
    let files = files()?;
    let refused = |error| match port {
        0 => format!("cannot serve the lab: {error}"),
        _ => format!("cannot serve the lab at port {port}: {error}; `--port 0` takes a free one"),
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    if !print(&format!("http://{address}/\nCtrl+C ends it.\n")) {
        return Err("the address could not be printed".to_owned());
    }
    serve::serve(&listener, &files);
    Ok(())
}
