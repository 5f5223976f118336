//! Every documented method of the interfaces of BITS, and what of it is emulated.

use std::fmt;

use crate::vocabulary::{Method, Rule, RuleId, RuleStatus, rule};

/// What of a documented method is emulated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Emulation {
    /// All that is documented.
    Whole,
    /// Not everything: what it does instead.
    InPart(&'static str),
    /// The same under another name of this library.
    OtherName(&'static str),
    /// Nothing: the reason.
    Not(&'static str),
}

impl fmt::Display for Emulation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => f.write_str("emulated"),
            Self::InPart(what) => write!(f, "emulated in part: {what}"),
            Self::OtherName(name) => write!(f, "emulated by {name}"),
            Self::Not(reason) => write!(f, "not emulated: {reason}"),
        }
    }
}

/// A documented interface.
struct Interface {
    name: &'static str,
    /// The header, by which its pages are named.
    header: &'static str,
    /// The version of BITS that brought it, if the pages tell.
    since: &'static str,
    rows: &'static [Row],
}

enum Row {
    Emulated(Method),
    /// What it does instead of the rest.
    InPart(Method, &'static str),
    /// Name, what it does, and what has it here under another name.
    Here(&'static str, &'static str, &'static str),
    /// Name, what it does, and why it is not emulated.
    Left(&'static str, &'static str, Reason),
    /// What has no page of its own, because nobody calls it: name, and what the page of the interface says.
    Unused(&'static str, &'static str),
}
use Row::{Emulated, Here, InPart, Left, Unused};

#[derive(Clone, Copy)]
enum Reason {
    /// That for which the rule is not emulated.
    Of(RuleId),
    Because(&'static str),
}

const PEERS: Reason = Reason::Of(rule!("PROP-40"));
const SERVERS: Reason = Reason::Of(rule!("UPLOAD-29"));
const QUEUE_MANAGER: Reason =
    Reason::Because("a part of the older queue manager, which IBackgroundCopyManager replaced");
const ONE_PROPERTY: Reason = Reason::Because("files have one property, and it can only be read");
const IN_GET_JOB: &str =
    "the rights are checked in GetJob, and a handle has the methods of all interfaces";
const FROM_THE_SERVER: &str = "the flags are kept, and content always comes from the origin server";
const NO_PEERS: &str = "it answers that nothing came from a peer";

/// A method of a documented interface.
#[derive(Clone, Copy)]
pub(super) struct DocumentedMethod {
    interface: &'static Interface,
    row: &'static Row,
}

impl DocumentedMethod {
    /// Returns every method, interface by interface.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        let of = |interface: &'static Interface| {
            interface.rows.iter().map(move |row| Self { interface, row })
        };
        INTERFACES.iter().flat_map(of)
    }

    /// Returns the method as calls, hooks and traces name it; `None` if it has another name here, or is not there.
    pub(super) const fn method(self) -> Option<Method> {
        match self.row {
            Emulated(method) | InPart(method, _) => Some(*method),
            Here(..) | Left(..) | Unused(..) => None,
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self.row {
            Emulated(method) | InPart(method, _) => method.name(),
            Here(name, ..) | Left(name, ..) | Unused(name, _) => name,
        }
    }

    /// Returns what it does, if that is not said of its [`method`](Self::method).
    pub(super) const fn meaning(self) -> &'static str {
        match self.row {
            Emulated(_) | InPart(..) => "",
            Here(_, meaning, _) | Left(_, meaning, _) | Unused(_, meaning) => meaning,
        }
    }

    pub(super) fn emulation(self) -> Emulation {
        match *self.row {
            Emulated(_) => Emulation::Whole,
            InPart(_, what) => Emulation::InPart(what),
            Here(_, _, name) => Emulation::OtherName(name),
            Left(_, _, Reason::Because(reason)) => Emulation::Not(reason),
            Unused(..) => Emulation::Not("there is nothing to call"),
            Left(_, _, Reason::Of(id)) => match Rule::find(id).map(|rule| rule.status) {
                Some(RuleStatus::NotEmulated(reason)) => Emulation::Not(reason),
                Some(RuleStatus::Emulated | RuleStatus::NotYet) | None => Emulation::Not(""),
            },
        }
    }

    /// Returns the rule that says why it is not emulated.
    pub(super) const fn rule(self) -> Option<RuleId> {
        match self.row {
            Left(_, _, Reason::Of(id)) => Some(*id),
            Emulated(_) | InPart(..) | Here(..) | Left(..) | Unused(..) => None,
        }
    }

    /// Returns the name with that of the interface.
    pub(super) fn full_name(self) -> String {
        format!("{}::{}", self.interface.name, self.name())
    }

    /// Returns which version of BITS brought it, and which page documents it.
    pub(super) fn source(self) -> Option<String> {
        let Interface { name, header, since, .. } = self.interface;
        let page = match self.row {
            Unused(..) => format!("nn-{header}-{name}.md"),
            _ => format!("nf-{header}-{name}-{}.md", self.name()),
        };
        let since = if since.is_empty() { String::new() } else { format!("Since BITS {since}. ") };
        (!header.is_empty()).then(|| format!("{since}Documented in {}.", page.to_lowercase()))
    }
}

/// Declares the interfaces: name, header and version, and a row for each method.
macro_rules! interfaces {
    ($($interface:ident, $header:literal, $since:literal { $($method:ident $($how:ident $($what:expr)?)? $(, $meaning:literal)?;)+ })+) => {
        const INTERFACES: &[Interface] = &[$(Interface {
            name: stringify!($interface),
            header: $header,
            since: $since,
            rows: &[$(row!($method $($how $($what)?)? $(, $meaning)?)),+],
        }),+];
    };
}

/// A row: a method that is emulated; one that is but for something; one that is by another name; one that is not, for a
/// reason; one that nobody calls.
macro_rules! row {
    ($method:ident) => {
        Emulated(Method::$method)
    };
    ($method:ident but $what:expr) => {
        InPart(Method::$method, $what)
    };
    ($method:ident by $name:expr, $meaning:literal) => {
        Here(stringify!($method), $meaning, $name)
    };
    ($method:ident not $reason:expr, $meaning:literal) => {
        Left(stringify!($method), $meaning, $reason)
    };
    ($method:ident unused, $meaning:literal) => {
        Unused(stringify!($method), $meaning)
    };
}

// Every interface: those that applications meet, those of peers and servers, and those of the old queue manager.
interfaces! {
    COM, "", "" {
        CoCreateInstance;
    }
    IUnknown, "", "" {
        QueryInterface but IN_GET_JOB;
    }
    IBackgroundCopyManager, "bits", "1.0" {
        CreateJob; GetJob; EnumJobs;
        GetErrorDescription by "Session::error_description", "Yields the text of a code, in a language (ERR-13).";
    }
    IBackgroundCopyJob, "bits", "1.0" {
        AddFileSet; AddFile; EnumFiles; Suspend; Resume; Cancel; Complete;
        GetId by "Job::id", "Yields the id of the job, by which GetJob finds it (CREATE-11).";
        GetType; GetProgress; GetTimes; GetState; GetError; GetOwner; SetDisplayName; GetDisplayName; SetDescription;
        GetDescription; SetPriority; GetPriority; SetNotifyFlags; GetNotifyFlags; SetNotifyInterface;
        GetNotifyInterface; SetMinimumRetryDelay; GetMinimumRetryDelay; SetNoProgressTimeout; GetNoProgressTimeout;
        GetErrorCount; SetProxySettings; GetProxySettings; TakeOwnership;
    }
    IBackgroundCopyJob2, "bits1_5", "1.5" {
        SetNotifyCmdLine; GetNotifyCmdLine; GetReplyProgress; GetReplyData; SetReplyFileName; GetReplyFileName;
        SetCredentials; RemoveCredentials;
    }
    IBackgroundCopyJob3, "bits2_0", "2.0" {
        ReplaceRemotePrefix; AddFileWithRanges; SetFileAclFlags; GetFileAclFlags;
    }
    IBackgroundCopyJob4, "bits3_0", "3.0" {
        SetPeerCachingFlags but FROM_THE_SERVER;
        GetPeerCachingFlags but FROM_THE_SERVER;
        GetOwnerIntegrityLevel; GetOwnerElevationState; SetMaximumDownloadTime; GetMaximumDownloadTime;
    }
    IBackgroundCopyJob5, "bits5_0", "5.0" {
        SetProperty; GetProperty;
    }
    IBackgroundCopyJobHttpOptions, "bits2_5", "2.5" {
        SetClientCertificateById; SetClientCertificateByName; RemoveClientCertificate; GetClientCertificate;
        SetCustomHeaders; GetCustomHeaders; SetSecurityFlags; GetSecurityFlags;
    }
    IBackgroundCopyJobHttpOptions2, "bits10_2", "10.2" {
        SetHttpMethod; GetHttpMethod;
    }
    IBackgroundCopyJobHttpOptions3, "bits10_3", "10.3" {
        SetServerCertificateValidationInterface; MakeCustomHeadersWriteOnly;
    }
    IBitsTokenOptions, "bits4_0", "4.0" {
        SetHelperTokenFlags; GetHelperTokenFlags; SetHelperToken; ClearHelperToken; GetHelperTokenSid;
    }
    IBackgroundCopyFile, "bits", "1.0" {
        GetRemoteName; GetLocalName;
        GetProgress by "File::progress", "Yields how many bytes of the file are transferred (PROGRESS-03).";
    }
    IBackgroundCopyFile2, "bits2_0", "2.0" {
        GetFileRanges; SetRemoteName;
    }
    IBackgroundCopyFile3, "bits3_0", "3.0" {
        GetTemporaryName; SetValidationState; GetValidationState;
        IsDownloadedFromPeer but NO_PEERS;
    }
    IBackgroundCopyFile4, "bits4_0", "4.0" {
        GetPeerDownloadStats but NO_PEERS;
    }
    IBackgroundCopyFile5, "bits5_0", "5.0" {
        SetProperty not ONE_PROPERTY, "Sets a property of the file.";
        GetProperty by "File::http_response_headers", "Yields a property of the file: the headers of the last response (PROGRESS-17, PROP-42).";
    }
    IBackgroundCopyFile6, "bits10_1", "10.1" {
        UpdateDownloadPosition; RequestFileRanges; GetFilledFileRanges;
    }
    IBackgroundCopyError, "bits", "1.0" {
        GetError by "JobError::code and JobError::context", "Yields the code and the context of the error (ERR-03).";
        GetFile; GetErrorDescription; GetErrorContextDescription; GetProtocol;
    }
    IBackgroundCopyCallback, "bits", "1.0" {
        JobTransferred; JobError; JobModification;
    }
    IBackgroundCopyCallback2, "bits3_0", "3.0" {
        FileTransferred;
    }
    IBackgroundCopyCallback3, "bits10_1", "10.1" {
        FileRangesTransferred;
    }
    IBackgroundCopyServerCertificateValidationCallback, "bits10_3", "10.3" {
        ValidateServerCertificate;
    }
    IEnumBackgroundCopyJobs, "bits", "1.0" {
        Next by "the iterator Jobs, and Jobs::next_jobs", "Yields the next jobs of the list, S_FALSE if there are fewer than asked for (CREATE-14).";
        Skip by "Jobs::skip_jobs", "Skips jobs of the list, S_FALSE if there are fewer (CREATE-14).";
        Reset by "Jobs::reset", "Goes back to the beginning of the list (CREATE-14).";
        Clone by "Jobs::clone", "Yields another enumerator of the same list, at the same place (CREATE-14).";
        GetCount by "Jobs::total", "Yields how many jobs the list has in all (CREATE-14).";
    }
    IEnumBackgroundCopyFiles, "bits", "1.0" {
        Next by "the list of Job::files", "Yields the next files of the list, S_FALSE if there are fewer than asked for (CREATE-14).";
        Skip by "the list of Job::files", "Skips files of the list, S_FALSE if there are fewer (CREATE-14).";
        Reset by "the list of Job::files", "Goes back to the beginning of the list (CREATE-14).";
        Clone by "the list of Job::files", "Yields another enumerator of the same list, at the same place (CREATE-14).";
        GetCount by "the list of Job::files", "Yields how many files the list has in all (CREATE-14).";
    }
    IBitsPeerCacheAdministration, "bits3_0", "3.0" {
        GetMaximumCacheSize not PEERS, "Yields how large the peer cache may be, in percent of the disk.";
        SetMaximumCacheSize not PEERS, "Sets how large the peer cache may be, in percent of the disk.";
        GetMaximumContentAge not PEERS, "Yields after how long unused content of the peer cache is removed.";
        SetMaximumContentAge not PEERS, "Sets after how long unused content of the peer cache is removed.";
        GetConfigurationFlags not PEERS, "Yields whether the computer takes content from peers, and gives it to them.";
        SetConfigurationFlags not PEERS, "Says whether the computer takes content from peers, and gives it to them.";
        EnumRecords not PEERS, "Lists the records of the peer cache.";
        GetRecord not PEERS, "Yields a record of the peer cache.";
        ClearRecords not PEERS, "Removes all records from the peer cache.";
        DeleteRecord not PEERS, "Removes a record from the peer cache.";
        DeleteUrl not PEERS, "Removes all records of a URL from the peer cache.";
        EnumPeers not PEERS, "Lists the peers that may have content.";
        ClearPeers not PEERS, "Empties the list of peers.";
        DiscoverPeers not PEERS, "Looks for peers anew.";
    }
    IBitsPeerCacheRecord, "bits3_0", "3.0" {
        GetId not PEERS, "Yields the id of the record.";
        GetOriginUrl not PEERS, "Yields the URL that the content came from.";
        GetFileSize not PEERS, "Yields the size of the content.";
        GetFileModificationTime not PEERS, "Yields when the content was last changed at its server.";
        GetLastAccessTime not PEERS, "Yields when the content was last read.";
        IsFileValidated not PEERS, "Says whether the content was found to be right.";
        GetFileRanges not PEERS, "Yields the ranges of the file that the record has.";
    }
    IBitsPeer, "bits3_0", "3.0" {
        GetPeerName not PEERS, "Yields the name of the peer.";
        IsAuthenticated not PEERS, "Says whether the peer proved who it is.";
        IsAvailable not PEERS, "Says whether the peer can be reached.";
    }
    IEnumBitsPeerCacheRecords, "bits3_0", "3.0" {
        Next not PEERS, "Yields the next records of the list, S_FALSE if there are fewer than asked for.";
        Skip not PEERS, "Skips records of the list, S_FALSE if there are fewer.";
        Reset not PEERS, "Goes back to the beginning of the list.";
        Clone not PEERS, "Yields another enumerator of the same list, at the same place.";
        GetCount not PEERS, "Yields how many records the list has in all.";
    }
    IEnumBitsPeers, "bits3_0", "3.0" {
        Next not PEERS, "Yields the next peers of the list, S_FALSE if there are fewer than asked for.";
        Skip not PEERS, "Skips peers of the list, S_FALSE if there are fewer.";
        Reset not PEERS, "Goes back to the beginning of the list.";
        Clone not PEERS, "Yields another enumerator of the same list, at the same place.";
        GetCount not PEERS, "Yields how many peers the list has in all.";
    }
    IBITSExtensionSetup, "bitscfg", "" {
        EnableBITSUploads not SERVERS, "Lets a virtual directory of IIS take uploads.";
        DisableBITSUploads not SERVERS, "Lets a virtual directory of IIS take no uploads any more.";
        GetCleanupTaskName not SERVERS, "Yields the name of the task that removes abandoned uploads of the directory.";
        GetCleanupTask not SERVERS, "Yields that task.";
    }
    IBITSExtensionSetupFactory, "bitscfg", "" {
        GetObject not SERVERS, "Yields the IBITSExtensionSetup of a virtual directory.";
    }
    IBackgroundCopyQMgr, "qmgr", "" {
        CreateGroup not QUEUE_MANAGER, "Creates a group of jobs.";
        GetGroup not QUEUE_MANAGER, "Yields the group with an id.";
        EnumGroups not QUEUE_MANAGER, "Lists the groups.";
    }
    IBackgroundCopyGroup, "qmgr", "" {
        GetProp not QUEUE_MANAGER, "Yields a property of the group.";
        SetProp not QUEUE_MANAGER, "Sets a property of the group.";
        GetProgress not QUEUE_MANAGER, "Yields the progress of all jobs of the group.";
        GetStatus not QUEUE_MANAGER, "Yields the state of the group.";
        GetJob not QUEUE_MANAGER, "Yields a job of the group.";
        SuspendGroup not QUEUE_MANAGER, "Stops the jobs of the group.";
        ResumeGroup not QUEUE_MANAGER, "Starts the jobs of the group.";
        CancelGroup not QUEUE_MANAGER, "Cancels the jobs of the group.";
        get_Size not QUEUE_MANAGER, "Yields the size of all jobs of the group.";
        get_GroupID not QUEUE_MANAGER, "Yields the id of the group.";
        CreateJob not QUEUE_MANAGER, "Creates a job in the group.";
        EnumJobs not QUEUE_MANAGER, "Lists the jobs of the group.";
        SwitchToForeground not QUEUE_MANAGER, "Transfers the group in the foreground.";
        QueryNewJobInterface unused, "For internal use.";
        InternalSetProp unused, "For internal use.";
        SetNotificationPointer unused, "For internal use.";
    }
    IBackgroundCopyJob1, "qmgr", "" {
        CancelJob unused, "Does nothing.";
        GetProgress not QUEUE_MANAGER, "Yields the progress of the job.";
        GetStatus not QUEUE_MANAGER, "Yields the state of the job.";
        AddFiles not QUEUE_MANAGER, "Adds files to the job.";
        GetFile not QUEUE_MANAGER, "Yields the names of a file of the job.";
        GetFileCount not QUEUE_MANAGER, "Yields how many files the job has.";
        get_JobID not QUEUE_MANAGER, "Yields the id of the job.";
        SwitchToForeground unused, "Does nothing.";
        GetTimes unused, "Does nothing.";
    }
    IBackgroundCopyCallback1, "qmgr", "" {
        OnStatus not QUEUE_MANAGER, "Tells the client that a group is done or failed.";
        OnProgress unused, "It is never called.";
        OnProgressEx unused, "It is never called.";
    }
    IEnumBackgroundCopyGroups, "qmgr", "" {
        Next not QUEUE_MANAGER, "Yields the next groups of the list, S_FALSE if there are fewer than asked for.";
        Skip not QUEUE_MANAGER, "Skips groups of the list, S_FALSE if there are fewer.";
        Reset not QUEUE_MANAGER, "Goes back to the beginning of the list.";
        Clone not QUEUE_MANAGER, "Yields another enumerator of the same list, at the same place.";
        GetCount not QUEUE_MANAGER, "Yields how many groups the list has in all.";
    }
    IEnumBackgroundCopyJobs1, "qmgr", "" {
        Next not QUEUE_MANAGER, "Yields the next jobs of the list, S_FALSE if there are fewer than asked for.";
        Skip not QUEUE_MANAGER, "Skips jobs of the list, S_FALSE if there are fewer.";
        Reset not QUEUE_MANAGER, "Goes back to the beginning of the list.";
        Clone not QUEUE_MANAGER, "Yields another enumerator of the same list, at the same place.";
        GetCount not QUEUE_MANAGER, "Yields how many jobs the list has in all.";
    }
}
