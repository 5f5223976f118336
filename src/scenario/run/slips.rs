//! Names that nothing declares and that are near to declared ones: slips of the pen, for the message about a
//! line that did not hold. They are no errors by themselves, because a server that no line declares is one
//! whose name is not resolved.

use std::collections::{BTreeMap, BTreeSet};

use super::servers::origins;
use crate::machine::Call;
use crate::scenario::ast::{DiskChange, Expectation, Line, Statement, StepAction};
use crate::vocabulary::text::nearest::nearest;
use crate::vocabulary::{FileInfo, RemoteName};

/// The most slips that a message lists.
const MOST_LISTED: usize = 5;

/// Returns a sentence for each name that was probably meant to be another. The last line is the one that did
/// not hold.
pub(super) fn slips(above: &[Line]) -> Vec<String> {
    let mut known = Known::default();
    above.iter().for_each(|line| known.note(&line.statement));
    let local = above.last().into_iter().flat_map(|line| known.local_slips(&line.statement));
    let mut slips: Vec<String> = Vec::new();
    for slip in known.hosts().chain(known.paths()).chain(local) {
        if !slips.contains(&slip) && slips.len() < MOST_LISTED {
            slips.push(slip);
        }
    }
    slips
}

/// What the lines above name.
#[derive(Default)]
struct Known<'a> {
    /// The declared servers: by origin the host of the line, and its paths.
    servers: BTreeMap<String, (&'a str, BTreeSet<&'a str>)>,
    /// The origins of the last server.
    last: Vec<String>,
    urls: Vec<RemoteName>,
    local: BTreeSet<&'a str>,
}

impl<'a> Known<'a> {
    fn note(&mut self, statement: &'a Statement) {
        match statement {
            Statement::Server { host, .. } => {
                self.last = origins(host).iter().map(|origin| canonical(origin)).collect();
                for origin in &self.last {
                    self.servers.entry(origin.clone()).or_insert((host, BTreeSet::new()));
                }
            }
            Statement::Resource(resource) => {
                for origin in &self.last {
                    if let Some((_, paths)) = self.servers.get_mut(origin) {
                        paths.insert(&resource.path);
                    }
                }
            }
            Statement::Disk(DiskChange::Written(path, _)) => _ = self.local.insert(path),
            Statement::Step(step) => {
                if let StepAction::Call(_, call) = &step.what {
                    self.note_call(call);
                }
            }
            Statement::Expect(_, all) => {
                let asked = all.iter().filter_map(|expected| match expected {
                    Expectation::Asked(host, ..) => origins(host).into_iter().next(),
                    _ => None,
                });
                self.urls.extend(asked.map(|origin| RemoteName::from(origin.as_str())));
            }
            _ => {}
        }
    }

    fn note_call(&mut self, call: &'a Call) {
        let added: &[FileInfo] = match call {
            Call::AddFile(file, _) | Call::AddFileWithRanges(file, ..) => {
                std::slice::from_ref(file)
            }
            Call::AddFileSet(files, _) => files,
            Call::SetRemoteName(_, url) => {
                self.urls.push(url.clone());
                &[]
            }
            _ => &[],
        };
        self.urls.extend(added.iter().map(|file| file.remote_name.clone()));
        self.local.extend(added.iter().map(|file| &*file.local_name));
    }

    /// The hosts that no line declares, near to one that a line declares.
    fn hosts(&self) -> impl Iterator<Item = String> {
        let unknown = self.urls.iter().map(RemoteName::origin);
        let unknown = unknown.filter(|origin| !self.servers.contains_key(*origin));
        unknown.filter_map(|origin| {
            let host = authority(origin);
            let near = nearest(host, self.servers.keys().map(|origin| authority(origin)))?;
            // The same host, which answers in another way only.
            (near != host)
                .then(|| format!("no line declares the server `{host}`; did you mean `{near}`?"))
        })
    }

    /// The paths that a declared server does not have, near to one that it has.
    fn paths(&self) -> impl Iterator<Item = String> {
        self.urls.iter().filter_map(|url| {
            let (host, paths) = self.servers.get(url.origin())?;
            let path = url.path();
            if path.len() < 2 || paths.contains(path) {
                return None;
            }
            // Of one letter behind the slash each is near to each.
            let behind_slash = paths.iter().filter_map(|path| path.get(1..));
            let near = nearest(path.get(1..)?, behind_slash)?;
            Some(format!("the server `{host}` has no `{path}`; did you mean `/{near}`?"))
        })
    }

    /// The local names of a line that are of no file, near to one that is.
    fn local_slips<'b>(&'b self, statement: &'b Statement) -> impl Iterator<Item = String> + 'b {
        let expected = match statement {
            Statement::Expect(_, expected) => expected.as_slice(),
            _ => &[],
        };
        let named = expected.iter().filter_map(|expected| match expected {
            Expectation::OnDisk(path, _)
            | Expectation::Completed(path, _)
            | Expectation::Fetched(path)
            | Expectation::File(path, ..)
            | Expectation::Error { file: Some(path), .. } => Some(&**path),
            _ => None,
        });
        named.filter(|path| !self.local.contains(path)).filter_map(|path| {
            let near = nearest(path, self.local.iter().copied())?;
            Some(format!("no file has the local name `{path}`; did you mean `{near}`?"))
        })
    }
}

/// The origin as URLs have it.
fn canonical(origin: &str) -> String {
    RemoteName::from(origin).origin().to_owned()
}

/// The origin without its scheme.
fn authority(origin: &str) -> &str {
    origin.split_once("://").map_or(origin, |(_, authority)| authority)
}
