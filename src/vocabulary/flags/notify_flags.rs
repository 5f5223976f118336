//! Notification flags: the events of which a client is notified.

use super::flags;

flags! {
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
    NotifyFlags {
        /// Every file is transferred (NOTIFY-04).
        JOB_TRANSFERRED "BG_NOTIFY_JOB_TRANSFERRED" = 0x0001,
        /// The job entered ERROR (NOTIFY-05).
        JOB_ERROR "BG_NOTIFY_JOB_ERROR" = 0x0002,
        /// Nothing is notified, whatever the other flags say (NOTIFY-03).
        DISABLE "BG_NOTIFY_DISABLE" = 0x0004,
        /// A property, the state or the progress changed (NOTIFY-06).
        JOB_MODIFICATION "BG_NOTIFY_JOB_MODIFICATION" = 0x0008,
        /// One file is transferred; BITS 3.0 and later (NOTIFY-07).
        FILE_TRANSFERRED "BG_NOTIFY_FILE_TRANSFERRED" = 0x0010,
        /// Ranges asked for are there; BITS 10.1 and later (NOTIFY-10).
        FILE_RANGES_TRANSFERRED "BG_NOTIFY_FILE_RANGES_TRANSFERRED" = 0x0020,
    }
}

impl NotifyFlags {
    /// The events that are in effect notified: none if [`NotifyFlags::DISABLE`] is set (NOTIFY-03).
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
