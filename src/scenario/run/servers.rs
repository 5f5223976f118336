//! Servers, disk and proxy, as the lines of a scenario set them up.

use super::Run;
use crate::machine::Directory;
use crate::scenario::ast::{
    AnswerScript, Asking, DiskChange, ProxyChange, ResourceDecl, ServerAnswer, ServerCertificate,
    ServerDecl, Times, Uploading, When,
};
use crate::world;
use crate::world::{Content, Fault};

/// The certificate of a server that does not say which.
const SOME_HASH: [u8; 20] = [0; 20];

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
    /// A server is from now on as the line says. What it has stays.
    pub(super) fn set_server(&mut self, line: &ServerDecl) {
        self.host = line.host.clone();
        for origin in origins(&line.host) {
            let server = self.engine.world.server(&origin);
            server.begin_anew().latency(line.latency).rate(line.rate);
            if line.lacks.ranges {
                server.without_ranges();
            }
            if line.lacks.sizes {
                server.without_lengths();
            }
            if line.http_1_0 {
                server.http_1_0();
            }
            match &line.certificate {
                Some(ServerCertificate::Hash(hash)) => server.certificate(hash.clone()),
                Some(ServerCertificate::Bad(problem)) => {
                    server.certificate(SOME_HASH).certificate_problem(*problem)
                }
                None => server.certificate(SOME_HASH),
            };
            match &line.asks {
                Some(Asking { scheme, of: Some((user, password)) }) => {
                    server.ask_for_credentials(*scheme, user, password)
                }
                Some(Asking { scheme, of: None }) => server.ask_for_logged_on_user(*scheme),
                None => server.ask_for_nothing(),
            };
            add(server.script(), &line.answers, 0);
        }
    }

    pub(super) fn remove_server(&mut self, host: &str) {
        for origin in origins(host) {
            self.engine.world.remove_server(&origin);
        }
    }

    /// A resource of the server above is from now on as the line says.
    pub(super) fn set_resource(&mut self, line: &ResourceDecl) {
        for origin in origins(&self.host) {
            let resource = self.engine.world.server(&origin).resource(&line.path);
            set(resource.begin_anew(), line);
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
            ProxyChange::Asks(Asking { scheme, of: Some((user, password)) }) => {
                proxy.ask_for_credentials(*scheme, user, password)
            }
            ProxyChange::Asks(Asking { scheme, of: None }) => proxy.ask_for_logged_on_user(*scheme),
            ProxyChange::AsksNothing => proxy.ask_for_nothing(),
            ProxyChange::StripsRanges => proxy.strip_ranges(),
        };
    }
}

fn set(resource: &mut world::ResourceState, line: &ResourceDecl) {
    if let Some(size) = line.size {
        resource.content(Content::sized(size));
    }
    if let Some(latency) = line.latency {
        resource.latency(latency);
    }
    if let Some(rate) = line.rate {
        resource.rate(rate);
    }
    if line.lacks.ranges {
        resource.without_ranges();
    }
    if line.lacks.sizes {
        resource.without_lengths();
    }
    for header in line.headers.as_deref().unwrap_or_default().split_terminator("\r\n") {
        let (name, value) = header.split_once(':').unwrap_or((header, ""));
        resource.header(name, value.trim_start());
    }
    let size = line.size.unwrap_or_default();
    add(resource.script(), &line.answers, size);
    if line.size.is_some() && line.uploads.is_none() {
        return;
    }
    let Uploading { overwrites, largest, executes } = line.uploads.unwrap_or_default();
    let uploads = resource.uploads().begin_anew();
    if overwrites {
        uploads.allow_overwrites();
    }
    if executes {
        uploads.allow_execution();
    }
    if let Some(bytes) = largest {
        uploads.maximum_size(bytes);
    }
    if !line.application.0.is_empty() {
        add(uploads.application_script(), &line.application, size);
    }
    if line.reply > 0 {
        uploads.reply(Content::sized(line.reply));
    }
    add(uploads.script_of_reply(), &line.reply_answers, line.reply);
}

/// Adds the answers of a line; a file that changes has the same size afterwards.
fn add(script: &mut world::FaultScript, line: &AnswerScript, size: u64) {
    for (answer, times) in &line.0 {
        let fault = match answer {
            ServerAnswer::Well => {
                script.add_well(match times {
                    Times::Count(count) => *count,
                    Times::Always => u64::MAX,
                });
                continue;
            }
            ServerAnswer::Fails { failure, when } => match when {
                When::AtOnce => Fault::failure(*failure),
                When::After(bytes) => Fault::failure(*failure).after(*bytes),
                When::AtEnd => Fault::failure(*failure).at_end(),
            },
            ServerAnswer::IsSilent => Fault::silence(),
            ServerAnswer::Redirects { status, url } => Fault::redirect(*status, url),
            ServerAnswer::Changes { after } => {
                Fault::changes_to(Content::sized(size)).after(*after)
            }
            ServerAnswer::ForgetsSession => Fault::session_lost(),
        };
        script.add(match times {
            Times::Count(count) => fault.times(*count),
            Times::Always => fault.always(),
        });
    }
}
