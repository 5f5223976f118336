//! Faults as values: what goes wrong with an attempt, when, and how often.

use super::content::Content;
use crate::machine::Failure;
use crate::vocabulary::{HResult, RemoteName};
use crate::world::upload::packet::PacketKind;

/// A fault: what goes wrong with an attempt, when, and how often. By default it happens once, as the
/// answer of the server.
///
/// Whatever takes faults meets them in the order in which they were added. A plain number is an HTTP
/// status, and a plain code the code, that is answered once.
///
/// ```
/// use bits_emulator::{Fault, HResult};
/// use bits_emulator::server::ServerState;
///
/// let mut server = ServerState::default();
/// let reset = Fault::code(HResult::ERROR_INTERNET_CONNECTION_RESET);
/// server
///     .resource("/app.exe")
///     .content(10 << 20)
///     .fails(Fault::http(503).times(2))
///     .fails(Fault::none().times(3))
///     .fails(HResult::E_ACCESSDENIED)
///     .fails(reset.after_percent(40).always());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// `None`: the attempt succeeds.
    pub(super) effect: Option<FaultEffect>,
    /// `None`: always.
    pub(super) times: Option<u64>,
    /// Whether a test fails that does not meet it as often.
    pub(super) expects_met: bool,
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
        Self { effect: Some(effect), times: Some(1), expects_met: false }
    }

    /// Returns a fault that does nothing: the attempt succeeds, and the faults behind it wait for the
    /// next.
    #[must_use]
    pub const fn none() -> Self {
        Self { effect: None, times: Some(1), expects_met: false }
    }

    /// Returns the fault that the server, or the application behind it, answers with that HTTP status
    /// (ERR-28, ERR-30).
    #[must_use]
    pub fn http(status: u16) -> Self {
        Self::failure(Failure::http(status))
    }

    /// Returns the fault that the attempt fails with that code, classified by the tables.
    ///
    /// # Panics
    ///
    /// If it is a success code, where [`Failure::new`], of which a fault can be made too, returns an error.
    #[must_use]
    #[track_caller]
    #[allow(
        clippy::panic,
        reason = "a test orders what it names, and has another way for other codes"
    )]
    pub fn code(code: HResult) -> Self {
        match Failure::new(code) {
            Ok(failure) => Self::failure(failure),
            Err(error) => panic!("{error}"),
        }
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
    /// use bits_emulator::{Emulator, Fault, JobState, JobType};
    ///
    /// let emulator = Emulator::new();
    /// let server = emulator.server("https://example.com");
    /// server.file("/app.exe", 10).fails(Fault::http(503).at_head()).fails(Fault::http(503).at_get());
    ///
    /// let job = emulator.connect("alice").create_job("update", JobType::Download)?;
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

    /// Lets the test fail that does not meet the fault as often as it says, and at least once if it happens
    /// always: the drop of the last handle of the emulator panics. One that the test
    /// [takes away](crate::server::ServerState::clear_faults), with its server or resource perhaps, or that
    /// is in a [fork](crate::Emulator::fork), is not expected any more.
    ///
    /// Without this a fault that was never met is only [told](crate::trace::DropReport), as a warning on standard
    /// error: `cargo test` shows that of tests that fail, and of all with `-- --nocapture`.
    ///
    /// ```should_panic
    /// use bits_emulator::{Emulator, Fault};
    ///
    /// let emulator = Emulator::new();
    /// let file = emulator.server("https://example.com").file("/app.exe", 1_000);
    /// file.fails(Fault::http(503).times(2).expect_met());
    /// ```
    #[must_use]
    pub fn expect_met(self) -> Self {
        Self { expects_met: true, ..self }
    }

    /// An attempt that is to succeed is one at a file; packets do not count.
    pub(super) fn concerns(&self, occasion: Occasion) -> bool {
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

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        Self::failure(failure)
    }
}

impl From<HResult> for Fault {
    /// Returns the fault [`code`](Self::code), which panics for a success code.
    #[track_caller]
    fn from(code: HResult) -> Self {
        Self::code(code)
    }
}

impl From<u16> for Fault {
    /// An answer with that HTTP status.
    fn from(status: u16) -> Self {
        Self::http(status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
