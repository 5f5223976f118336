//! Servers, disk and proxy, as the lines of a scenario set them up.

use std::sync::Arc;

use super::Run;
use crate::machine::Directory;
use crate::scenario::ast::{
    DiskChange, FaultTiming, ProxyChange, Repetition, ResourceClause, ResourceDecl, ScriptedAnswer,
    ServerAnswer, ServerCertificate, ServerClause,
};
use crate::world::{Content, Fault, ResourceState, ServerState, UploadEndpoint};

/// The origins of a host: a bare name answers over HTTPS and HTTP alike.
pub(super) fn origins(host: &str) -> Vec<String> {
    let is_origin = host.contains("://") || host.contains('\\') || host.ends_with(':');
    if is_origin {
        vec![host.to_owned()]
    } else {
        vec![format!("https://{host}"), format!("http://{host}")]
    }
}

impl Run {
    /// Makes a server what the line says. Its resources stay.
    pub(super) fn set_server(&mut self, host: &Arc<str>, clauses: &[ServerClause]) {
        self.host = Arc::clone(host);
        for origin in origins(host) {
            let server = self.engine.world.server(&origin).reset();
            clauses.iter().for_each(|clause| say_of_server(server, clause));
        }
    }

    pub(super) fn remove_server(&mut self, host: &str) {
        for origin in origins(host) {
            self.engine.world.remove_server(&origin);
        }
    }

    /// Makes a resource of the server above what the line says.
    pub(super) fn set_resource(&mut self, line: &ResourceDecl) {
        for origin in origins(&self.host) {
            let resource = self.engine.world.server(&origin).resource(&line.path);
            set_resource(resource.reset(), line);
        }
    }

    pub(super) fn remove_resource(&mut self, path: &str) {
        for origin in origins(&self.host) {
            self.engine.world.server(&origin).remove_resource(path);
        }
    }

    pub(super) fn change_disk(&mut self, change: &DiskChange) {
        let disk = self.engine.world.disk_mut();
        match change {
            DiskChange::Written(path, size) => disk.write(path, Content::sized(*size)),
            DiskChange::Removed(path) => disk.delete(path),
            DiskChange::Open(path, true) => disk.lock_file(path),
            DiskChange::Open(path, false) => disk.unlock_file(path),
            DiskChange::Undeletable(path, true) => disk.make_undeletable(path),
            DiskChange::Undeletable(path, false) => disk.make_deletable(path),
            DiskChange::Folder(path, Directory::Missing) => disk.remove_dir(path),
            DiskChange::Folder(path, Directory::Denied) => disk.deny(path),
            DiskChange::Folder(path, Directory::Writable) => disk.create_dir(path),
            DiskChange::Free(volume, bytes) => disk.set_free(volume, *bytes),
            DiskChange::Locked(volume, true) => disk.lock_volume(volume),
            DiskChange::Locked(volume, false) => disk.unlock_volume(volume),
        };
    }

    pub(super) fn change_proxy(&mut self, change: &ProxyChange) {
        let proxy = self.engine.world.proxy();
        match change {
            ProxyChange::Asks(challenge) => proxy.challenge(challenge.clone()),
            ProxyChange::AsksNothing => proxy.challenge(None),
            ProxyChange::StripsRanges => proxy.strip_ranges(),
        };
    }
}

fn say_of_server(server: &mut ServerState, clause: &ServerClause) {
    match clause {
        ServerClause::Latency(latency) => server.latency(latency.to_std().unwrap_or_default()),
        ServerClause::Rate(rate) => server.rate(*rate),
        ServerClause::WithoutRanges => server.without_ranges(),
        ServerClause::WithoutSizes => server.without_lengths(),
        ServerClause::Head(answer) => server.head(*answer),
        ServerClause::Http10 => server.http_1_0(),
        ServerClause::Certificate(ServerCertificate::Hash(hash)) => {
            server.certificate(hash.clone())
        }
        ServerClause::Certificate(ServerCertificate::Bad(problem)) => {
            server.certificate_problem(*problem)
        }
        ServerClause::Asks(challenge) => server.challenge(challenge.clone()),
        ServerClause::Answers(script) => {
            faults(script, 0).for_each(|fault| _ = server.fails(fault));
            server
        }
    };
}

fn set_resource(resource: &mut ResourceState, line: &ResourceDecl) {
    let size = line.size.unwrap_or_default();
    if line.size.is_some() {
        resource.content(Content::sized(size));
    }
    let mut takes_uploads = line.size.is_none();
    for clause in &line.clauses {
        match clause {
            ResourceClause::Latency(latency) => {
                _ = resource.latency(latency.to_std().unwrap_or_default())
            }
            ResourceClause::Rate(rate) => _ = resource.rate(*rate),
            ResourceClause::WithoutRanges => _ = resource.without_ranges(),
            ResourceClause::WithoutSizes => _ = resource.without_lengths(),
            ResourceClause::Head(answer) => _ = resource.head(*answer),
            ResourceClause::Header(line) => {
                let (name, value) = line.split_once(':').unwrap_or((line, ""));
                resource.header(name, value.trim_start());
            }
            ResourceClause::Answers(script) => {
                faults(script, size).for_each(|fault| _ = resource.fails(fault));
            }
            ResourceClause::TakesUploads
            | ResourceClause::Overwrites
            | ResourceClause::Executes
            | ResourceClause::LargestUpload(_) => takes_uploads = true,
            ResourceClause::ApplicationAnswers(_)
            | ResourceClause::Reply(_)
            | ResourceClause::ReplyAnswers(_) => {}
        }
    }
    if takes_uploads {
        set_uploads(resource.uploads().reset(), line, size);
    }
}

fn set_uploads(uploads: &mut UploadEndpoint, line: &ResourceDecl, size: u64) {
    let mut reply = 0;
    for clause in &line.clauses {
        match clause {
            ResourceClause::Overwrites => _ = uploads.allow_overwrites(true),
            ResourceClause::Executes => _ = uploads.allow_execution(true),
            ResourceClause::LargestUpload(bytes) => _ = uploads.maximum_size(*bytes),
            ResourceClause::ApplicationAnswers(script) => {
                faults(script, size).for_each(|fault| _ = uploads.application_fails(fault));
            }
            ResourceClause::Reply(bytes) if *bytes > 0 => {
                reply = *bytes;
                uploads.reply(Content::sized(reply));
            }
            _ => {}
        }
    }
    for clause in &line.clauses {
        if let ResourceClause::ReplyAnswers(script) = clause {
            faults(script, reply).for_each(|fault| _ = uploads.reply_fails(fault));
        }
    }
}

/// Returns the answers of a line as faults; a file that changes has the same size afterwards.
fn faults(script: &[ScriptedAnswer], size: u64) -> impl Iterator<Item = Fault> {
    script.iter().map(move |ScriptedAnswer { answer, times }| {
        let fault = match answer {
            ServerAnswer::Well => Fault::none(),
            ServerAnswer::Fails { failure, when } => match when {
                FaultTiming::AtOnce => Fault::failure(*failure),
                FaultTiming::AtHead => Fault::failure(*failure).at_head(),
                FaultTiming::AtGet => Fault::failure(*failure).at_get(),
                FaultTiming::After(bytes) => Fault::failure(*failure).after(*bytes),
                FaultTiming::AtEnd => Fault::failure(*failure).at_end(),
            },
            ServerAnswer::IsSilent => Fault::silence(),
            ServerAnswer::Redirects { status, url } => Fault::redirect(*status, url),
            ServerAnswer::Changes { after } => {
                Fault::changes_to(Content::sized(size)).after(*after)
            }
            ServerAnswer::ForgetsSession => Fault::session_lost(),
        };
        match times {
            Repetition::Count(count) => fault.times(*count),
            Repetition::Always => fault.always(),
        }
    })
}
