//! Readings: the questions that the documents leave open, as switches with their answers.

/// Declares the switches: one enum for each question, the documented default first.
macro_rules! readings {
    (
        $(
            $(#[$($meta:tt)*])*
            $field:ident $keyword:literal: $name:ident {
                $(#[$($first_meta:tt)*])*
                $first:ident $first_text:literal,
                $( $(#[$($answer_meta:tt)*])* $answer:ident $text:literal, )+
            }
        )+
    ) => {
        $(
            $(#[$($meta)*])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
            #[non_exhaustive]
            pub enum $name {
                $(#[$($first_meta)*])*
                $first,
                $( $(#[$($answer_meta)*])* $answer, )+
            }

            impl $name {
                /// Every answer, the one that follows the documents first.
                pub const ALL: &'static [Self] = &[Self::$first, $(Self::$answer),+];

                /// The answer in words, as scenarios write it.
                #[must_use]
                pub const fn text(self) -> &'static str {
                    match self {
                        Self::$first => $first_text,
                        $(Self::$answer => $text,)+
                    }
                }
            }

            impl std::fmt::Display for $name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.pad(self.text())
                }
            }

            #[cfg(feature = "serde")]
            $crate::vocabulary::text::serial::listed_words! {
                $name, concat!("an answer to `", $keyword, "`"), text;
            }
        )+

        /// The switches for the open questions whose answer a client can notice and on which the
        /// evidence is divided. Every other open question is fixed as the rule recommends, and
        /// marked as an interpretation where it is implemented.
        ///
        /// ```
        /// use bits_emulator::readings::{ErrorLifetime, Readings};
        ///
        /// let strict = Readings { error_object: ErrorLifetime::Strict, ..Readings::documented() };
        /// assert_ne!(strict, Readings::documented());
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[cfg_attr(feature = "serde", serde(default))]
        pub struct Readings {
            $( $(#[$($meta)*])* pub $field: $name, )+
        }

        /// A switch of [`Readings`] in words, as scenarios write it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct Switch {
            /// Its name.
            pub name: &'static str,
            /// Its possible answers, the documented one first.
            pub answers: &'static [&'static str],
            /// The answers as a choice, for a message.
            pub choice: &'static str,
        }

        impl Readings {
            /// The answers nearest to the letter of the documents.
            #[must_use]
            pub const fn documented() -> Self {
                Self { $($field: $name::$first,)+ }
            }

            /// What each switch asks, and what each of its answers means, in the order of the switches.
            #[cfg(feature = "scenario")]
            pub(crate) const QUESTIONS: &'static [(&'static str, &'static [&'static str])] = &[
                $((
                    $crate::vocabulary::text::documented::doc_text!($(#[$($meta)*])*),
                    &[
                        $crate::vocabulary::text::documented::doc_text!($(#[$($first_meta)*])*),
                        $($crate::vocabulary::text::documented::doc_text!($(#[$($answer_meta)*])*),)+
                    ],
                ),)+
            ];

            /// Every switch.
            pub const SWITCHES: &'static [Switch] = &[
                $(Switch {
                    name: $keyword,
                    answers: &[$first_text, $($text),+],
                    choice: concat!("`", $first_text, "`", $(" or `", $text, "`"),+),
                },)+
            ];

            /// The switches with their present answers, in words.
            pub fn answers(&self) -> impl Iterator<Item = (&'static str, &'static str)> + use<> {
                [$(($keyword, self.$field.text()),)+].into_iter()
            }

            /// Sets one switch by name and answer in words. Returns false, and changes nothing, if
            /// there is no such switch or answer.
            pub fn set(&mut self, switch: &str, answer: &str) -> bool {
                $(
                    if switch == $keyword {
                        let known = $name::ALL.iter().find(|known| known.text() == answer);
                        known.inspect(|known| self.$field = **known);
                        return known.is_some();
                    }
                )+
                false
            }
        }
    };
}

readings! {
    /// How long the error object stays readable after the job left an error state (ERR-05, T2).
    error_object "error object": ErrorLifetime {
        /// Until the job is TRANSFERRING.
        Latched "latched",
        /// Only while the job is in ERROR or TRANSIENT_ERROR.
        Strict "strict",
    }

    /// Whether the error object ends when the last application of the job exits (ERR-07). What a process held
    /// is dead with it under both.
    client_exit "client exit": ClientExit {
        /// It ends, for every client: for tests of an application that must not rely on it.
        Drop "drops the error object",
        /// It stays; a new process can read it, as tools that start anew for each command show.
        Keep "keeps the error object",
    }

    /// Whether the error object is readable in ACKNOWLEDGED and CANCELLED (ERR-08).
    final_error "final state": FinalError {
        /// It is readable, through a pointer that the client kept.
        Keep "keeps the error object",
        /// It is discarded on entry.
        Discard "discards the error object",
    }

    /// What `Suspend` does in ERROR and TRANSFERRED (LIFE-14).
    suspend_stopped "suspend in ERROR or TRANSFERRED": SuspendStopped {
        /// It succeeds and changes nothing.
        NoChange "changes nothing",
        /// It leads to SUSPENDED.
        Suspends "suspends",
        /// It leads from ERROR to SUSPENDED and leaves TRANSFERRED.
        SuspendsError "suspends ERROR only",
    }

    /// What `Resume` does in TRANSFERRED if no file was added (LIFE-11).
    resume_transferred "resume in TRANSFERRED": ResumeTransferred {
        /// It succeeds and changes nothing.
        Stays "changes nothing",
        /// It is refused with BG_E_EMPTY.
        Empty "is refused",
        /// The job is queued and becomes TRANSFERRED again.
        Requeues "queues the job",
    }

    /// Whether the no-progress clock runs while a job waits for the end of a cause that has no
    /// timed retry: no network, locked disk, policy, cost, power (TIME-11).
    held_clock "no-progress clock while held": HeldClock {
        /// It runs whatever the cause.
        Runs "runs",
        /// It stands still until the cause ends.
        StandsStill "stands still",
    }

    /// When a job fails whose retry delay is longer than its no-progress timeout (TIME-08).
    long_retry_delay "retry delay beyond the timeout": LongRetryDelay {
        /// Both clocks run, and the timeout ends first.
        WaitsForTimeout "waits for the timeout",
        /// The job goes to ERROR at the failure.
        FailsAtOnce "fails at once",
    }

    /// What ends the no-progress period: the client that resumes or suspends the job, or only
    /// progress (TIME-12).
    period_end "no-progress period ends": PeriodEnd {
        /// `Resume`, `Suspend` and progress; the next transient error starts a new period.
        ClientOrProgress "on Resume, Suspend or progress",
        /// Progress only.
        Progress "on progress only",
    }

    /// The code of the error object after the no-progress timeout (ERR-09).
    timeout_code "no-progress timeout": TimeoutCode {
        /// The code of the last transient error.
        LastError "keeps the last code",
        /// BG_E_NO_PROGRESS, with the context of the last transient error.
        NoProgress "reports BG_E_NO_PROGRESS",
    }

    /// Whether a first attempt that fails before it reaches TRANSFERRING counts as an error
    /// (ERR-26).
    first_failure "first failure in CONNECTING": FirstFailure {
        /// Every failed attempt counts.
        Counts "counts",
        /// Only from TRANSFERRING, and retries.
        DoesNotCount "does not count",
    }

    /// The code of a redirect that the job disallows (HTTP-13).
    redirect_code "refused redirect": RedirectCode {
        /// HRESULT_FROM_WIN32 of the status: 0x8007012E for 302.
        Win32 "reports a Win32 code",
        /// The HTTP code of the status: 0x8019012E for 302.
        Http "reports an HTTP code",
    }

    /// The context of a failed connection, unless the failure names one (ERR-18, T3). A name that is
    /// not resolved is in REMOTE_FILE either way: there the documented sample output is explicit.
    connection_context "failed connection": ConnectionContext {
        /// REMOTE_FILE for uploads and replies, so that the context tells them from a failure of the
        /// server application; GENERAL_TRANSPORT for downloads, for which no file is available.
        RemoteFileOfUploads "is in REMOTE_FILE for uploads",
        /// REMOTE_FILE, as the sample output of bitsadmin-examples.md shows for a name that
        /// is not resolved.
        RemoteFile "is in REMOTE_FILE",
        /// GENERAL_TRANSPORT for every job.
        GeneralTransport "is in GENERAL_TRANSPORT",
    }

    /// From when the inactivity timeout counts for a job in ERROR or TRANSFERRED (TIME-21, ERR-21).
    inactivity_clock "inactivity timeout": InactivityClock {
        /// From the entry into that state, or a later call.
        FromEntry "counts from the entry into ERROR or TRANSFERRED",
        /// From the last progress or call, whatever came after it.
        FromActivity "counts from the last progress or call",
    }

    /// The cost flags of a job to which neither its client nor a policy set any (PROP-31).
    default_cost "default cost flags": DefaultCost {
        /// UNRESTRICTED (0x80000021), at every priority.
        Unrestricted "are UNRESTRICTED",
        /// ALWAYS at FOREGROUND priority, otherwise UNRESTRICTED.
        ForegroundAlways "are ALWAYS at FOREGROUND priority",
        /// ALWAYS (0x800000FF), at every priority.
        Always "are ALWAYS",
    }

    /// What happens to a resumed job while there is no network (NET-08).
    resume_offline "resume without network": ResumeOffline {
        /// It is QUEUED and at once TRANSIENT_ERROR.
        Fails "fails at once",
        /// It waits in QUEUED.
        Waits "waits in QUEUED",
    }

    /// Whether a caller whose account has no interactive logon can add files and complete jobs (NET-21).
    caller_logon "caller without a logon": CallerLogon {
        /// No: ERROR_NOT_LOGGED_ON, as about twenty public reports have it.
        Required "may not add files",
        /// Yes, and the job waits for a logon, as the page on RunAs says.
        NotRequired "may add files",
    }

    /// Whether a remote name may hold characters of ASCII that a URL should not hold: blanks, braces, bars,
    /// backslashes and the like (FILES-03).
    illegal_characters "illegal characters in URLs": IllegalCharacters {
        /// The name is refused with E_INVALIDARG.
        Refused "are refused",
        /// The server is asked for exactly that name.
        Accepted "are accepted",
    }

    /// Whether a job with dynamic content sends HEAD before GET (PROP-33, HTTP-18).
    dynamic_head "dynamic content HEAD": DynamicHead {
        /// It does; an answer without a length, or a refusal, does no harm.
        Sends "is sent",
        /// It sends GET only.
        Omits "is not sent",
    }

    /// What happens to a job in TRANSIENT_ERROR when the service restarts (LIFE-30).
    restart_transient "service restart in TRANSIENT_ERROR": RestartTransient {
        /// It stays, and its clocks go by the wall clock.
        Stays "keeps the state",
        /// It is QUEUED at once.
        Requeues "queues the job",
    }

    /// What becomes of the interfaces that clients hold when the service ends (LIFE-32).
    service_restart "service restart": ServiceRestart {
        /// They are dead: each client must connect anew and find its jobs by their ids.
        KillsInterfaces "kills interfaces",
        /// They reach the service again as soon as it runs.
        KeepsInterfaces "keeps interfaces",
    }
}

impl Readings {
    /// The answers that something besides the text of the pages speaks for, where there is such evidence; otherwise
    /// as [`Readings::documented`]. A recording shows `dynamic content HEAD`; no one has reported what a real machine does
    /// in the other cases.
    #[must_use]
    pub const fn observed() -> Self {
        Self {
            // A tool that is started anew for each command shows the error of an old job.
            client_exit: ClientExit::Keep,
            // The headers define codes for exactly the refused statuses.
            redirect_code: RedirectCode::Http,
            // The documented sample output of bitsadmin.
            connection_context: ConnectionContext::RemoteFile,
            // A log has jobs of unknown size whose transfer starts (59) and then fails to resolve the name of the
            // server (61), four of four: a HEAD would have failed before the start.
            dynamic_head: DynamicHead::Omits,
            ..Self::documented()
        }
    }
}

impl Default for Readings {
    fn default() -> Self {
        Self::documented()
    }
}
