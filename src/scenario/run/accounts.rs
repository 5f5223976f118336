//! The accounts of a run, each with its identifier.

use std::sync::Arc;

use crate::scenario::ast::Caller;
use crate::vocabulary::{Sid, Token};

/// The relative identifier of the first user of a computer.
const FIRST_USER: u32 = 1001;

/// Users in the order in which they were first named. Windows does not tell upper from lower case
/// in their names.
#[derive(Debug, Default)]
pub(super) struct Accounts(Vec<Arc<str>>);

impl Accounts {
    /// The token of a caller, who becomes known by it.
    pub(super) fn token(&mut self, caller: &Caller) -> Token {
        if let Some(service) = caller.service() {
            return caller.token(service);
        }
        let known = self.0.iter().position(|name| name.eq_ignore_ascii_case(&caller.name));
        let place = known.unwrap_or_else(|| {
            self.0.push(Arc::clone(&caller.name));
            self.0.len() - 1
        });
        caller.token(user(place))
    }

    /// The name of an account.
    pub(super) fn name(&self, sid: Sid) -> Arc<str> {
        match sid {
            Sid::LocalSystem => "LocalSystem".into(),
            Sid::LocalService => "LocalService".into(),
            Sid::NetworkService => "NetworkService".into(),
            Sid::User(_) => {
                let known = (0..).zip(&self.0).find(|(place, _)| user(*place) == sid);
                known.map_or_else(|| sid.to_string().into(), |(_, name)| Arc::clone(name))
            }
        }
    }
}

fn user(place: usize) -> Sid {
    Sid::User(FIRST_USER.saturating_add(u32::try_from(place).unwrap_or(u32::MAX)))
}
