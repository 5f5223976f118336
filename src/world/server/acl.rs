//! Access control lists: who may read and who may write.

use std::collections::BTreeSet;

use crate::vocabulary::Sid;

/// An access control list of a file or a folder, as much of it as transfers meet (SEC-01). It grants
/// rights by account and denies none; an administrator, or the system itself, has no more rights than
/// the accounts that are named. On shares and servers LocalSystem and NetworkService are the account of the
/// computer, by whichever of both it is named, and LocalService is none that a list could name (SEC-15).
///
/// ```
/// use bits_emulator::accounts::Sid;
/// use bits_emulator::server::Acl;
///
/// let (alice, bob) = (Sid::User(1001), Sid::User(1002));
/// let private = Acl::only([alice]);
/// assert!(private.may_write(alice) && !private.may_read(bob));
///
/// let published = Acl::everyone().written_by([alice]);
/// assert!(published.may_read(bob) && !published.may_write(bob));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Acl {
    readers: Accounts,
    writers: Accounts,
}

/// The accounts that have a right; `None` are all.
type Accounts = Option<BTreeSet<Sid>>;

impl Acl {
    /// Returns the list that lets everyone read and write: the default.
    #[must_use]
    pub fn everyone() -> Self {
        Self::default()
    }

    /// Returns a list that lets only these accounts read and write.
    #[must_use]
    pub fn only(users: impl IntoIterator<Item = Sid>) -> Self {
        let users = Some(users.into_iter().collect::<BTreeSet<_>>());
        Self { readers: users.clone(), writers: users }
    }

    /// Lets only these accounts write; who may read stays.
    #[must_use]
    pub fn written_by(self, users: impl IntoIterator<Item = Sid>) -> Self {
        Self { writers: Some(users.into_iter().collect()), ..self }
    }

    /// Returns whether that account may read.
    #[must_use]
    pub fn may_read(&self, user: Sid) -> bool {
        self.readers.as_ref().is_none_or(|users| users.contains(&user))
    }

    /// Returns whether that account may write: in a folder also create, rename, replace and delete files.
    #[must_use]
    pub fn may_write(&self, user: Sid) -> bool {
        self.writers.as_ref().is_none_or(|users| users.contains(&user))
    }

    /// Whether one of the accounts may write, or read.
    pub(crate) fn lets(&self, accounts: &[Sid], writes: bool) -> bool {
        let list = if writes { &self.writers } else { &self.readers };
        let has_right = |users: &BTreeSet<Sid>| accounts.iter().any(|user| users.contains(user));
        list.as_ref().is_none_or(has_right)
    }

    /// What either of two lists grants.
    pub(crate) fn or(&self, other: &Self) -> Self {
        let either = |these: &Accounts, those: &Accounts| Some(these.as_ref()? | those.as_ref()?);
        Self {
            readers: either(&self.readers, &other.readers),
            writers: either(&self.writers, &other.writers),
        }
    }
}
