//! Which events a client wants to hear of.

use bitflags::bitflags;

bitflags! {
    /// The events of which a job notifies its client (NOTIFY-01). A set with an undefined flag is
    /// refused with [`E_NOTIMPL`](crate::HResult::E_NOTIMPL) (NOTIFY-02).
    ///
    /// ```
    /// use bits_emulator::NotifyFlags;
    ///
    /// assert_eq!(NotifyFlags::default().bits(), 3);
    /// assert_eq!(NotifyFlags::from_bits(0x40), None);
    ///
    /// let muted = NotifyFlags::default() | NotifyFlags::DISABLE;
    /// assert!(muted.effective().is_empty());
    /// ```
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub struct NotifyFlags: u32 {
        /// `BG_NOTIFY_JOB_TRANSFERRED`: every file is transferred (NOTIFY-04).
        const JOB_TRANSFERRED = 0x0001;
        /// `BG_NOTIFY_JOB_ERROR`: the job entered ERROR (NOTIFY-05).
        const JOB_ERROR = 0x0002;
        /// `BG_NOTIFY_DISABLE`: nothing is notified, whatever the other flags say (NOTIFY-03).
        const DISABLE = 0x0004;
        /// `BG_NOTIFY_JOB_MODIFICATION`: a property, the state or the progress changed
        /// (NOTIFY-06).
        const JOB_MODIFICATION = 0x0008;
        /// `BG_NOTIFY_FILE_TRANSFERRED`: one file is transferred; BITS 3.0 and later (NOTIFY-07).
        const FILE_TRANSFERRED = 0x0010;
        /// `BG_NOTIFY_FILE_RANGES_TRANSFERRED`: ranges asked for are there; BITS 10.1 and later
        /// (NOTIFY-10).
        const FILE_RANGES_TRANSFERRED = 0x0020;
    }
}

impl NotifyFlags {
    /// The events that are really notified: none if [`NotifyFlags::DISABLE`] is set (NOTIFY-03).
    #[must_use]
    pub const fn effective(self) -> Self {
        if self.contains(Self::DISABLE) { Self::empty() } else { self }
    }
}

impl Default for NotifyFlags {
    /// The flags of a new job: transferred and error (CREATE-07).
    fn default() -> Self {
        Self::JOB_TRANSFERRED | Self::JOB_ERROR
    }
}
