//! The accounts of the computer.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::emulator::handles::user::Account;
use crate::vocabulary::Sid;
use crate::vocabulary::canonical::Canonical;

/// What the accounts are called that every computer has.
const SERVICES: [(Sid, &str); 3] = [
    (Sid::LocalSystem, "LocalSystem"),
    (Sid::LocalService, "LocalService"),
    (Sid::NetworkService, "NetworkService"),
];

/// Returns the account of that name that every computer has.
#[cfg(feature = "scenario")]
pub(crate) fn service_named(name: &str) -> Option<Sid> {
    SERVICES.iter().find(|(_, known)| *known == name).map(|(sid, _)| *sid)
}

/// Whether two names are of one account: they are the same in any case of letters.
#[cfg(feature = "scenario")]
pub(crate) fn same_account(a: &str, b: &str) -> bool {
    account_key(a) == account_key(b)
}

/// The same text for all spellings of an account's name.
pub(crate) fn account_key(name: &str) -> Arc<str> {
    name.to_lowercase().into()
}

/// The relative identifier of the first user.
const FIRST_USER: u32 = 1001;

/// The accounts that were named so far.
#[derive(Debug, Clone)]
pub(crate) struct Accounts {
    /// By [`account_key`].
    users: BTreeMap<Arc<str>, u32>,
    /// As they were first written.
    names: BTreeMap<Sid, Arc<str>>,
    /// The name of the computer, if it has one.
    pub(crate) host: Option<Arc<str>>,
}

impl Default for Accounts {
    fn default() -> Self {
        let names = SERVICES.map(|(sid, name)| (sid, name.into())).into();
        Self { users: BTreeMap::new(), names, host: None }
    }
}

impl Accounts {
    /// The account of a user; named users get the identifiers from 1001 on, in the order of their
    /// appearance.
    pub(crate) fn sid_of(&mut self, account: &Account) -> Sid {
        match account {
            Account::Service(sid) => *sid,
            Account::Named(name) => {
                let next = |last: &u32| last.saturating_add(1);
                let number = self.users.values().max().map_or(FIRST_USER, next);
                let number = *self.users.entry(account_key(name)).or_insert(number);
                self.names.entry(Sid::User(number)).or_insert_with(|| Arc::clone(name));
                Sid::User(number)
            }
        }
    }

    /// What an account is called.
    pub(crate) fn name(&self, sid: Sid) -> Arc<str> {
        self.names.get(&sid).map_or_else(|| sid.to_string().into(), Arc::clone)
    }

    /// What an account is called with its domain, on a computer that has a name.
    pub(crate) fn full_name(&self, sid: Sid) -> String {
        let name = self.name(sid);
        match (&self.host, sid) {
            (None, _) => name.to_string(),
            (Some(_), Sid::LocalSystem) => r"NT AUTHORITY\SYSTEM".to_owned(),
            (Some(_), Sid::LocalService) => r"NT AUTHORITY\LOCAL SERVICE".to_owned(),
            (Some(_), Sid::NetworkService) => r"NT AUTHORITY\NETWORK SERVICE".to_owned(),
            (Some(host), Sid::User(_)) => format!(r"{host}\{name}"),
        }
    }

    /// The named users.
    pub(crate) fn users(&self) -> Vec<Sid> {
        self.users.values().map(|number| Sid::User(*number)).collect()
    }

    /// The names of the users with their identifiers.
    pub(crate) fn save(&self) -> BTreeMap<Arc<str>, u32> {
        self.users.values().map(|number| (self.name(Sid::User(*number)), *number)).collect()
    }

    /// The accounts of a computer with those users.
    pub(crate) fn restore(saved: &BTreeMap<Arc<str>, u32>) -> Self {
        let mut accounts = Self::default();
        for (name, number) in saved {
            accounts.users.insert(account_key(name), *number);
            accounts.names.insert(Sid::User(*number), Arc::clone(name));
        }
        accounts
    }
}

impl Canonical for Accounts {
    /// How names are spelt, and what the computer is called, is only shown.
    fn hash_canonical<H: Hasher>(&self, hasher: &mut H) {
        let Self { users, names: _, host: _ } = self;
        users.hash(hasher);
    }
}
