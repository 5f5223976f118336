//! The id of a job.

use std::fmt;

use uuid::Uuid;

/// The GUID by which a job is found again after a crash (CREATE-01, CREATE-02).
///
/// ```
/// use bits_emulator::JobId;
///
/// let id: JobId = "{0406b477-7aa9-4a72-8937-e9c61298384a}".parse().unwrap();
/// assert_eq!(id.to_string(), "{0406B477-7AA9-4A72-8937-E9C61298384A}");
/// assert_eq!(JobId::from(bits_emulator::uuid::Uuid::from(id)), id);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct JobId(pub Uuid);

impl From<Uuid> for JobId {
    fn from(id: Uuid) -> Self {
        Self(id)
    }
}

impl From<JobId> for Uuid {
    fn from(id: JobId) -> Self {
        id.0
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:X}", self.0.braced())
    }
}

impl std::str::FromStr for JobId {
    type Err = uuid::Error;

    /// Reads a GUID with or without braces.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::parse_str(text).map(Self)
    }
}
