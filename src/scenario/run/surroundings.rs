//! What could go wrong around a job, and be mended: its servers and its disk, as the lines above declare them.

use std::sync::Arc;

use super::Run;
use super::servers::origins;
use crate::machine::Directory;
use crate::scenario::Scenario;
use crate::scenario::ast::{DiskChange, Line, ServerClause, Statement};
use crate::vocabulary::{FileIndex, JobId};

/// What a server that works may do next.
const SERVER_FAULTS: [&str; 4] =
    ["answers 503 once", "answers 503 always", "answers 404 once", "answers silence once"];
/// The room that a disk has again.
const MENDED_ROOM: u64 = 100 << 30;

impl Run {
    /// The lines by which what is around the job fails, or works again if the last line about it says that it does not;
    /// and each in few words.
    pub(super) fn surroundings(&self, lines: &[Line], job: JobId) -> Vec<(Statement, String)> {
        let Some(job) = self.engine.service.job(job) else { return Vec::new() };
        let files = || (0..job.file_count()).map(FileIndex).filter_map(|index| job.file(index));
        let mut found = Vec::new();
        for host in hosts(lines) {
            let origins = origins(&host);
            let is_asked = |name: &str| origins.iter().any(|origin| name.starts_with(&**origin));
            if files().any(|file| is_asked(&file.remote_name)) {
                found.extend(of_server(lines, &host));
            }
        }
        let mut places: Vec<&str> = Vec::new();
        for file in files() {
            let local = &*file.local_name;
            let volume = local.get(..2).filter(|volume| volume.ends_with(':'));
            let folder = local.rsplit_once('\\').map(|(folder, _)| folder);
            for place in volume.into_iter().chain(folder.filter(|folder| folder.len() > 2)) {
                if !places.contains(&place) {
                    places.push(place);
                    let changes = of_disk(lines, place).into_iter().map(Statement::Disk);
                    found.extend(changes.map(|change| (change.clone(), change.to_string())));
                }
            }
        }
        found
    }
}

/// The hosts that lines declare, each once.
fn hosts(lines: &[Line]) -> Vec<Arc<str>> {
    let mut hosts: Vec<Arc<str>> = Vec::new();
    for line in lines {
        if let Statement::Server { host, .. } = &line.statement
            && !hosts.contains(host)
        {
            hosts.push(Arc::clone(host));
        }
    }
    hosts
}

/// What may become of a server, which keeps its other properties.
fn of_server(lines: &[Line], host: &Arc<str>) -> Vec<(Statement, String)> {
    let mut clauses: &[ServerClause] = &[];
    let mut is_removed = false;
    for line in lines {
        match &line.statement {
            Statement::Server { host: named, clauses: said } if named == host => {
                (clauses, is_removed) = (said, false);
            }
            Statement::ServerRemoved(named) if named == host => is_removed = true,
            _ => {}
        }
    }
    let others = clauses.iter().filter(|clause| !matches!(clause, ServerClause::Answers(_)));
    let others: Vec<ServerClause> = others.cloned().collect();
    let with = |clause: Option<ServerClause>| Statement::Server {
        host: Arc::clone(host),
        clauses: others.iter().cloned().chain(clause).collect(),
    };
    if is_removed {
        return vec![(with(None), format!("{host} is found again"))];
    }
    let fails = SERVER_FAULTS
        .iter()
        .filter_map(|fault| Some((with(Some(clause(fault)?)), format!("{host} {fault}"))));
    let removed = Statement::ServerRemoved(Arc::clone(host));
    let removed = (removed, format!("{host} is not found any more"));
    let mended =
        (others.len() < clauses.len()).then(|| (with(None), format!("{host} answers as usual")));
    fails.chain([removed]).chain(mended).collect()
}

/// A clause as a scenario writes it.
fn clause(words: &str) -> Option<ServerClause> {
    let scenario: Scenario = format!("server example.com, {words}").parse().ok()?;
    match &scenario.lines().first()?.statement {
        Statement::Server { clauses, .. } => clauses.first().cloned(),
        _ => None,
    }
}

/// What may become of a volume or of a folder.
fn of_disk(lines: &[Line], place: &str) -> Vec<DiskChange> {
    let changes = || {
        lines.iter().rev().filter_map(|line| match &line.statement {
            Statement::Disk(change) => Some(change),
            _ => None,
        })
    };
    let place: Arc<str> = place.into();
    if !place.ends_with(':') {
        let last = changes().find_map(|change| match change {
            DiskChange::Folder(named, directory) if *named == place => Some(*directory),
            _ => None,
        });
        let next = match last {
            None | Some(Directory::Writable) => Directory::Denied,
            Some(Directory::Denied | Directory::Missing) => Directory::Writable,
        };
        return vec![DiskChange::Folder(place, next)];
    }
    let free = changes().find_map(|change| match change {
        DiskChange::Free(named, bytes) if *named == place => Some(*bytes),
        _ => None,
    });
    let is_locked = changes().find_map(|change| match change {
        DiskChange::Locked(named, locked) if *named == place => Some(*locked),
        _ => None,
    });
    let room = if free == Some(0) { MENDED_ROOM } else { 0 };
    vec![
        DiskChange::Free(Arc::clone(&place), room),
        DiskChange::Locked(place, !is_locked.unwrap_or(false)),
    ]
}
