//! Which parts of a file's security descriptor are copied.

use bitflags::bitflags;

bitflags! {
    /// What a file fetched over SMB keeps of its owner and access lists; a new job keeps nothing
    /// (FILES-32). The Windows name of the full set is `BG_COPY_FILE_ALL`. A set with an undefined
    /// flag is refused with [`E_INVALIDARG`](crate::HResult::E_INVALIDARG).
    ///
    /// ```
    /// use bits_emulator::settings::FileAclFlags;
    ///
    /// assert_eq!(FileAclFlags::all().bits(), 15);
    /// assert_eq!(FileAclFlags::default(), FileAclFlags::empty());
    /// ```
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct FileAclFlags: u32 {
        /// `BG_COPY_FILE_OWNER`: the owner (FILES-32).
        const OWNER = 0x0001;
        /// `BG_COPY_FILE_GROUP`: the group (FILES-32).
        const GROUP = 0x0002;
        /// `BG_COPY_FILE_DACL`: the list that grants and denies access (FILES-32).
        const DACL = 0x0004;
        /// `BG_COPY_FILE_SACL`: the list that orders auditing (FILES-32).
        const SACL = 0x0008;
    }
}
