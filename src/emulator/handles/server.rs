//! The handles of servers and their resources, as a test sets them up.

use super::emulator::Emulator;
use crate::vocabulary::{Protocol, RemoteName};
use crate::world::{
    Content, Fault, PacketExchange, Proxy, Request, ResourceState, ServerState, UploadEndpoint,
};

/// The handle of a server of an emulator.
#[derive(Debug, Clone)]
pub struct Server {
    emulator: Emulator,
    origin: String,
}

/// Servers.
impl Emulator {
    /// Returns the server of an origin, which is scheme and host: `https://example.com`,
    /// `http://host:8080` or `\\\\server`. It exists from the first time it is named; any other name is not
    /// resolved.
    ///
    /// # Panics
    ///
    /// If the origin has no scheme, as `example.com`: a job reaches it by one that it names, and which one
    /// is not to be guessed. Nor may it have a path; a [file](Server::file) has one.
    #[track_caller]
    pub fn server(&self, origin: &str) -> Server {
        check_origin(origin);
        self.observe(|engine| {
            engine.world.server(origin);
        });
        Server { emulator: self.clone(), origin: origin.to_owned() }
    }

    /// Removes a server: its name is not resolved any more.
    ///
    /// # Panics
    ///
    /// As [`server`](Self::server).
    #[track_caller]
    pub fn remove_server(&self, origin: &str) {
        check_origin(origin);
        self.observe(|engine| engine.world.remove_server(origin));
    }

    /// Calls a closure with the proxy through which jobs reach servers. The closure must not call an
    /// emulator.
    pub fn with_proxy<T>(&self, change: impl FnOnce(&mut Proxy) -> T) -> T {
        self.observe(|engine| change(engine.world.proxy()))
    }
}

impl Server {
    /// Adds a file to the server, with a size or with bytes, and returns its handle.
    ///
    /// # Panics
    ///
    /// If the size is negative.
    #[track_caller]
    pub fn file(&self, path: &str, content: impl Into<Content>) -> Resource {
        let handle = self.resource(path);
        let content = content.into();
        handle.with_state(|resource| {
            resource.content(content);
        });
        handle
    }

    /// Returns the resource at a path of the server, to which files may be uploaded for instance.
    pub fn resource(&self, path: &str) -> Resource {
        self.emulator.observe(|engine| {
            engine.world.server(&self.origin).resource(path);
        });
        Resource { server: self.clone(), path: path.to_owned() }
    }

    /// Returns the latest 1,000 requests that reached the server, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.with_state(|server| server.requests().cloned().collect())
    }

    /// Returns the latest 1,000 packets of uploads that reached the server, and their answers, oldest first
    /// (UPLOAD-02).
    #[must_use]
    pub fn exchanges(&self) -> Vec<PacketExchange> {
        self.with_state(|server| server.exchanges().cloned().collect())
    }

    /// Calls a closure with the state of the server, for settings without a method here. The closure must
    /// not call an emulator.
    pub fn with_state<T>(&self, change: impl FnOnce(&mut ServerState) -> T) -> T {
        self.emulator.observe(|engine| {
            let now = engine.now();
            engine.world.with_server(&self.origin, now, change)
        })
    }
}

/// The handle of a resource of a server.
#[derive(Debug, Clone)]
pub struct Resource {
    server: Server,
    path: String,
}

impl Resource {
    /// Adds a fault for the next attempts: an HTTP status, a code, or any [`Fault`].
    ///
    /// # Panics
    ///
    /// If it is given as a code that means success.
    #[track_caller]
    pub fn fails(&self, fault: impl Into<Fault>) -> &Self {
        let fault = fault.into();
        self.with_state(|resource| {
            resource.fails(fault);
        });
        self
    }

    /// Calls a closure with the upload endpoint of the resource, which takes uploads from then on. The
    /// closure must not call an emulator.
    ///
    /// ```
    /// use bits_emulator::{Completion, Emulator, JobState, JobType};
    ///
    /// let emulator = Emulator::new();
    /// let resource = emulator.server("https://example.com").resource("/in/report.txt");
    /// resource.uploads(|_| ()); // takes uploads
    /// emulator.disk().write(r"C:\report.txt", "all is well");
    ///
    /// let job = emulator.connect("alice").create_job("report", JobType::Upload)?;
    /// job.add_file("https://example.com/in/report.txt", r"C:\report.txt")?;
    /// job.resume()?;
    /// emulator.run_until(&job, JobState::Transferred).unwrap();
    /// assert_eq!(job.complete()?, Completion::All);
    /// assert_eq!(resource.uploads(|endpoint| endpoint.received().cloned()), Some("all is well".into()));
    /// # Ok::<(), bits_emulator::Error>(())
    /// ```
    pub fn uploads<T>(&self, change: impl FnOnce(&mut UploadEndpoint) -> T) -> T {
        self.with_state(|resource| change(resource.uploads()))
    }

    /// Calls a closure with the state of the resource, for settings without a method here. The closure must
    /// not call an emulator.
    pub fn with_state<T>(&self, change: impl FnOnce(&mut ResourceState) -> T) -> T {
        self.server.with_state(|server| change(server.resource(&self.path)))
    }
}

#[track_caller]
#[allow(
    clippy::panic,
    reason = "a server that no job can mean would let a test fail for no visible cause"
)]
fn check_origin(origin: &str) {
    if let Some(problem) = origin_problem(origin) {
        panic!("`{origin}` is not the origin of a server: {problem}");
    }
}

/// Why no job can mean a server by that text, or would mean another path on it, if so.
fn origin_problem(origin: &str) -> Option<String> {
    let name = RemoteName::from(origin);
    let is_share = [r"\\", "//"].iter().any(|start| origin.starts_with(start));
    let is_url = origin.contains("://");
    let is_drive = name.origin().len() == 2 && name.origin().ends_with(':');
    let is_file = name.protocol() == Protocol::File;
    if is_file && is_url && !origin.to_ascii_lowercase().starts_with("file:") {
        return Some("BITS knows the schemes http, https and file".to_owned());
    }
    if is_file && !is_share && !is_url && !is_drive {
        return Some(format!(
            "it has no scheme; write `https://{origin}` or `http://{origin}`, and of a share `\\\\{origin}`"
        ));
    }
    let host = name.origin().split_once("://").map_or(name.origin(), |(_, host)| host);
    if host.trim_start_matches('\\').is_empty() {
        return Some("it names no host".to_owned());
    }
    let path = name.path();
    (path.len() > 1).then(|| {
        format!("it has a path; write `server(\"{}\")` and name `{path}` there", name.origin())
    })
}
