//! File ACL flags: the parts of a security descriptor that are copied.

use super::flags;

flags! {
    /// The parts of the owner and access lists that a file fetched over SMB keeps; a new job keeps
    /// nothing (FILES-32). The Windows name of the full set is `BG_COPY_FILE_ALL`. A set with an
    /// undefined flag is refused with [`E_INVALIDARG`](crate::HResult::E_INVALIDARG).
    ///
    /// ```
    /// use bits_emulator::settings::FileAclFlags;
    ///
    /// assert_eq!(FileAclFlags::all().bits(), 15);
    /// assert_eq!(FileAclFlags::default(), FileAclFlags::empty());
    /// ```
    #[derive(Default)]
    FileAclFlags {
        /// The owner (FILES-32).
        OWNER "BG_COPY_FILE_OWNER" = 0x0001,
        /// The group (FILES-32).
        GROUP "BG_COPY_FILE_GROUP" = 0x0002,
        /// The list that grants and denies access (FILES-32).
        DACL "BG_COPY_FILE_DACL" = 0x0004,
        /// The list that orders auditing (FILES-32).
        SACL "BG_COPY_FILE_SACL" = 0x0008,
    }
}
