//! Faults as values: what goes wrong with an attempt, when, and how often.

use std::collections::VecDeque;
use std::hash::{Hash, Hasher};

use super::content::Content;
use crate::machine::{Failure, NotAFailure};
use crate::vocabulary::canonical::Canonical;
use crate::vocabulary::{HResult, RemoteName};
use crate::world::upload::packet::PacketKind;

/// A fault: what goes wrong with an attempt, when, and how often. By default it happens once, as the
/// answer of the server.
///
/// Whatever takes faults meets them in the order in which they were added. A plain number is an HTTP
/// status that is answered once.
///
/// ```
/// use bits_emulator::{Fault, HResult};
/// use bits_emulator::server::ServerState;
///
/// let mut server = ServerState::default();
/// let reset = Fault::code(HResult::ERROR_INTERNET_CONNECTION_RESET)?;
/// server
///     .resource("/app.exe")
///     .content(10 << 20)
///     .fails(Fault::http(503).times(2))
///     .fails(Fault::none().times(3))
///     .fails(reset.after_percent(40).always());
/// # Ok::<(), bits_emulator::machine::NotAFailure>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// `None`: the attempt succeeds.
    effect: Option<FaultEffect>,
    /// `None`: always.
    times: Option<u64>,
}

/// What goes wrong with one attempt, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FaultEffect {
    pub(crate) kind: FaultKind,
    pub(crate) phase: Phase,
    /// Of how many of the last bytes of an upload only the Ack is lost.
    pub(crate) unacknowledged: u64,
}

/// What happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FaultKind {
    Failure(Failure),
    ContentChange(Content),
    SessionLoss,
    /// The server loses what it has of an upload from that byte on.
    Rollback(u64),
    Redirect(u16, RemoteName),
    /// No answer, for longer than clients wait.
    Silence,
}

/// When it happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Phase {
    BeforeConnection,
    /// The answer to the first request of the attempt.
    AtAnswer,
    AtHead,
    AtGet,
    AfterBytes(u64),
    AfterPercent(u8),
    AtEnd,
    AtPacket(PacketKind),
}

/// What may meet a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Occasion {
    /// An attempt at a file: whether HEAD is sent, and whether bytes are asked for.
    Attempt { head: bool, get: bool },
    /// A packet of an upload.
    Packet(PacketKind),
}

impl Occasion {
    /// An attempt that asks for bytes at once.
    pub(crate) const WITHOUT_HEAD: Self = Self::Attempt { head: false, get: true };
}

impl Phase {
    /// What is sent behind everything else meets what keeps attempts from their answer, too.
    fn concerns(self, occasion: Occasion) -> bool {
        match (self, occasion) {
            (Self::AtPacket(kind), Occasion::Packet(sent)) => kind == sent,
            (Self::AtPacket(_), Occasion::Attempt { .. }) => false,
            (Self::BeforeConnection | Self::AtAnswer, Occasion::Attempt { .. }) => true,
            (Self::AtHead, Occasion::Attempt { head, .. }) => head,
            (
                Self::AtGet | Self::AfterBytes(_) | Self::AfterPercent(_) | Self::AtEnd,
                Occasion::Attempt { get, .. },
            ) => get,
            (Self::BeforeConnection | Self::AtAnswer, Occasion::Packet(kind)) => {
                matches!(kind, PacketKind::CloseSession | PacketKind::CancelSession)
            }
            (
                Self::AtHead
                | Self::AtGet
                | Self::AfterBytes(_)
                | Self::AfterPercent(_)
                | Self::AtEnd,
                Occasion::Packet(_),
            ) => false,
        }
    }
}

impl Fault {
    const fn new(kind: FaultKind) -> Self {
        let effect = FaultEffect { kind, phase: Phase::AtAnswer, unacknowledged: 0 };
        Self { effect: Some(effect), times: Some(1) }
    }

    /// Returns a fault that does nothing: the attempt succeeds, and the faults behind it wait for the
    /// next.
    #[must_use]
    pub const fn none() -> Self {
        Self { effect: None, times: Some(1) }
    }

    /// Returns the fault that the server, or the application behind it, answers with that HTTP status
    /// (ERR-28, ERR-30).
    #[must_use]
    pub fn http(status: u16) -> Self {
        Self::failure(Failure::http(status))
    }

    /// Returns the fault that the attempt fails with that code, classified by the tables.
    ///
    /// # Errors
    ///
    /// [`NotAFailure`] if it is a success code.
    pub fn code(code: HResult) -> Result<Self, NotAFailure> {
        Failure::new(code).map(Self::failure)
    }

    /// Returns the fault that the attempt fails like that; code and context of a server's error packet
    /// are taken over as they are (UPLOAD-23).
    #[must_use]
    pub const fn failure(failure: Failure) -> Self {
        Self::new(FaultKind::Failure(failure))
    }

    /// Returns the fault that the resource changes: from then on it has that content, with another time
    /// stamp (HTTP-08).
    #[must_use]
    pub fn changes_to(content: impl Into<Content>) -> Self {
        Self::new(FaultKind::ContentChange(content.into()))
    }

    /// Returns the fault that the server forgets the session of an upload (UPLOAD-06).
    #[must_use]
    pub const fn session_lost() -> Self {
        Self::new(FaultKind::SessionLoss)
    }

    /// Returns the fault that the server of an upload loses what it has from that byte on
    /// ([`UploadEndpoint::roll_back`](crate::server::UploadEndpoint::roll_back), UPLOAD-03).
    #[must_use]
    pub const fn rolled_back(next: u64) -> Self {
        Self::new(FaultKind::Rollback(next))
    }

    /// Returns the fault that the server redirects the attempt to that URL (HTTP-12). An upload cannot
    /// follow, and fails with the status. Only the answer to a request can redirect it.
    #[must_use]
    pub fn redirect(status: u16, to: &str) -> Self {
        Self::new(FaultKind::Redirect(status, to.into()))
    }

    /// Returns the fault that no answer comes within 5 minutes; of an application that fails the attempt
    /// (UPLOAD-15), and for a server the same time is an interpretation.
    #[must_use]
    pub const fn silence() -> Self {
        Self::new(FaultKind::Silence)
    }

    fn at(mut self, phase: Phase) -> Self {
        if let Some(effect) = &mut self.effect {
            effect.phase = phase;
        }
        self
    }

    /// Sets that the fault happens before there is a connection: no request reaches the server.
    #[must_use]
    pub fn before_connection(self) -> Self {
        self.at(Phase::BeforeConnection)
    }

    /// Sets that the fault is the answer of the server: the default. An attempt that begins with HEAD
    /// meets it there, and with dynamic content, to which a refused HEAD does no harm, at GET too
    /// (HTTP-18).
    #[must_use]
    pub fn at_answer(self) -> Self {
        self.at(Phase::AtAnswer)
    }

    /// Sets that the fault is the answer to HEAD; attempts that send none do not meet it (HTTP-18).
    ///
    /// ```
    /// use bits_emulator::{Emulator, Fault, JobState, JobType, User};
    ///
    /// let emulator = Emulator::new();
    /// let server = emulator.server("https://example.com");
    /// server.file("/app.exe", 10).fails(Fault::http(503).at_head()).fails(Fault::http(503).at_get());
    ///
    /// let job = emulator.connect(User::new("alice")).create_job("update", JobType::Download)?;
    /// job.add_file("https://example.com/app.exe", r"C:\app\app.exe")?;
    /// job.resume()?;
    /// let _ = emulator.run_until_idle();
    /// assert_eq!(job.state()?, JobState::Transferred);
    /// let requests = server.requests();
    /// let methods: Vec<_> = requests.iter().map(|request| &*request.method).collect();
    /// assert_eq!(methods, ["HEAD", "HEAD", "GET", "HEAD", "GET"]);
    /// # Ok::<(), bits_emulator::Error>(())
    /// ```
    #[must_use]
    pub fn at_head(self) -> Self {
        self.at(Phase::AtHead)
    }

    /// Sets that the fault is the answer to the request for the bytes: GET, or another that is sent without
    /// a HEAD before it. An empty file needs none (HTTP-18).
    #[must_use]
    pub fn at_get(self) -> Self {
        self.at(Phase::AtGet)
    }

    /// Sets that the fault happens when that many bytes of the file are there, those of earlier attempts
    /// included; not at all if the file has no more than that.
    #[must_use]
    pub fn after(self, bytes: u64) -> Self {
        self.at(Phase::AfterBytes(bytes))
    }

    /// Sets that the fault happens when that part of the file is there.
    #[must_use]
    pub fn after_percent(self, percent: u8) -> Self {
        self.at(Phase::AfterPercent(percent))
    }

    /// Sets that the fault happens when all bytes have been sent, so that the last of them do not count.
    #[must_use]
    pub fn at_end(self) -> Self {
        self.at(Phase::AtEnd)
    }

    /// Sets that the fault is the answer to the next packet of that kind, of an upload: the server does
    /// not do what the packet asks for (UPLOAD-21). Of fragments, it is the first of an attempt.
    ///
    /// ```
    /// use bits_emulator::Fault;
    /// use bits_emulator::server::{PacketKind, ServerState};
    ///
    /// let mut server = ServerState::default();
    /// let closing = Fault::http(500).at_packet(PacketKind::CloseSession).times(2);
    /// server.resource("/in/report.txt").fails(closing).uploads();
    /// ```
    #[must_use]
    pub fn at_packet(self, kind: PacketKind) -> Self {
        self.at(Phase::AtPacket(kind))
    }

    /// Sets that only the Ack is lost: the server did what the packet before the fault asked for, and the
    /// client does not know (UPLOAD-07).
    #[must_use]
    pub fn losing_ack(self) -> Self {
        self.losing_acks_of(1)
    }

    /// Sets that the server of an upload has all bytes before the fault, and the client does not know of
    /// that many of them (UPLOAD-03).
    #[must_use]
    pub fn losing_acks_of(mut self, bytes: u64) -> Self {
        if let Some(effect) = &mut self.effect {
            effect.unacknowledged = bytes;
        }
        self
    }

    /// Sets to how many attempts the fault happens.
    #[must_use]
    pub fn times(self, times: u64) -> Self {
        Self { times: Some(times), ..self }
    }

    /// Sets that the fault happens to every attempt from then on.
    #[must_use]
    pub fn always(self) -> Self {
        Self { times: None, ..self }
    }

    /// An attempt that is to succeed is one at a file; packets do not count.
    fn concerns(&self, occasion: Occasion) -> bool {
        match &self.effect {
            Some(effect) => effect.phase.concerns(occasion),
            None => matches!(occasion, Occasion::Attempt { .. }),
        }
    }
}

impl FaultEffect {
    /// How many bytes of a file of that size are there when it happens; `None` if that is another
    /// phase, or never.
    pub(crate) fn after_bytes(&self, size: u64) -> Option<u64> {
        let bytes = match self.phase {
            Phase::AfterBytes(bytes) => bytes,
            Phase::AfterPercent(percent) => {
                let bytes = u128::from(size) * u128::from(percent) / 100;
                u64::try_from(bytes).unwrap_or(u64::MAX)
            }
            Phase::BeforeConnection
            | Phase::AtAnswer
            | Phase::AtHead
            | Phase::AtGet
            | Phase::AtEnd
            | Phase::AtPacket(_) => return None,
        };
        (bytes < size).then_some(bytes)
    }
}

impl Canonical for Fault {
    fn hash_canonical<H: Hasher>(&self, hasher: &mut H) {
        let Self { effect, times } = self;
        effect.hash_canonical(hasher);
        times.hash(hasher);
    }
}

impl Canonical for FaultEffect {
    fn hash_canonical<H: Hasher>(&self, hasher: &mut H) {
        let Self { kind, phase, unacknowledged } = self;
        kind.hash_canonical(hasher);
        (phase, unacknowledged).hash(hasher);
    }
}

impl Canonical for FaultKind {
    fn hash_canonical<H: Hasher>(&self, hasher: &mut H) {
        std::mem::discriminant(self).hash(hasher);
        match self {
            Self::Failure(failure) => failure.hash(hasher),
            Self::ContentChange(content) => content.hash_canonical(hasher),
            Self::Rollback(next) => next.hash(hasher),
            Self::Redirect(status, url) => (status, url).hash(hasher),
            Self::SessionLoss | Self::Silence => {}
        }
    }
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        Self::failure(failure)
    }
}

impl From<u16> for Fault {
    /// An answer with that HTTP status.
    fn from(status: u16) -> Self {
        Self::http(status)
    }
}

/// The faults of a server, a resource or an application in the order in which attempts meet them; after
/// the last of them all attempts succeed.
#[derive(Debug, Clone, Default)]
pub(crate) struct FaultScript(VecDeque<Fault>);

impl FaultScript {
    pub(crate) fn add(&mut self, fault: impl Into<Fault>) {
        self.0.push_back(fault.into());
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Takes the next effect: that of the first fault that concerns the occasion.
    pub(crate) fn draw(&mut self, occasion: Occasion) -> Option<FaultEffect> {
        while self.0.front().is_some_and(|fault| fault.times == Some(0)) {
            self.0.pop_front();
        }
        let next = self.0.iter_mut().find(|it| it.times != Some(0) && it.concerns(occasion))?;
        next.times = next.times.map(|times| times.saturating_sub(1));
        next.effect.clone()
    }
}

impl Canonical for FaultScript {
    /// Normalised: without the faults that happened as often as they do, which may stand here still.
    fn hash_canonical<H: Hasher>(&self, hasher: &mut H) {
        let left = || self.0.iter().filter(|fault| fault.times != Some(0));
        hasher.write_usize(left().count());
        left().for_each(|fault| fault.hash_canonical(hasher));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ATTEMPT: Occasion = Occasion::Attempt { head: true, get: true };

    #[test]
    fn a_script_gives_each_fault_as_often_as_it_says() {
        let mut script = FaultScript::default();
        script.add(Fault::http(503).times(2));
        script.add(Fault::http(500).times(0));
        script.add(Fault::none());
        script.add(Fault::http(404));
        let drawn: Vec<_> = (0..5).map(|_| script.draw(ATTEMPT).map(|fault| fault.kind)).collect();
        let fails = |status| Some(FaultKind::Failure(Failure::http(status)));
        assert_eq!(drawn, [fails(503), fails(503), None, fails(404), None]);
        script.add(Fault::http(500).always());
        assert!((0..100).all(|_| script.draw(ATTEMPT).is_some()));
    }

    #[test]
    fn a_share_of_the_largest_file_is_a_number() {
        let fault = Fault::http(500).after_percent(50);
        let after_bytes = |fault: Fault, size| fault.effect.unwrap().after_bytes(size);
        assert_eq!(after_bytes(fault, u64::MAX), Some(u64::MAX / 2));
        assert_eq!(after_bytes(Fault::http(500).after_percent(200), 10), None);
        assert_eq!(after_bytes(Fault::http(500).after(10), 10), None);
        assert_eq!(after_bytes(Fault::http(500).after(9), 10), Some(9));
    }
}
