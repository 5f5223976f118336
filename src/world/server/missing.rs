//! What is missing of a remote name: the server or the path that no test declared, and what is near it.

use super::ServerState;
use super::address::Address;
use crate::vocabulary::text::nearest::nearest;
use crate::vocabulary::{Protocol, RemoteName};
use crate::world::World;

/// How many redirects are followed.
const MOST_REDIRECTS: usize = 10;
/// How many names are listed where none is near.
const MOST_NAMES: usize = 3;

impl World {
    /// Says which server or path was not declared, so that a file of that remote name cannot be
    /// transferred; `None` if both were.
    pub(crate) fn missing(&self, name: &RemoteName, uploads: bool) -> Option<String> {
        let mut address = Address::of(name);
        for _ in 0..MOST_REDIRECTS {
            let Some(server) = self.env.servers.get(&address.origin) else {
                return self.missing_server(&address, uploads);
            };
            let Some(resource) = server.resources.get(&*address.path) else {
                return self.missing_path(server, &address, uploads);
            };
            match &resource.redirect {
                Some((_, url)) => address = Address::of(url),
                None if uploads && resource.uploads.is_none() => {
                    return Some(format!(
                        "`{}` takes no uploads: Resource::uploads.",
                        whole(&address)
                    ));
                }
                None if !uploads && resource.content.is_none() => {
                    return Some(format!("`{}` has no content: Server::file.", whole(&address)));
                }
                None => return None,
            }
        }
        None
    }

    fn missing_server(&self, address: &Address, uploads: bool) -> Option<String> {
        if address.protocol == Protocol::File {
            return self.missing_path(&ServerState::new(Protocol::File), address, uploads);
        }
        let origins = || self.env.servers.keys().map(|origin| &**origin);
        let near = near_origin(&address.origin, origins()).unwrap_or_else(|| listed(origins()));
        Some(format!("No server `{}` was declared{near}.", address.origin))
    }

    fn missing_path(
        &self,
        server: &ServerState,
        address: &Address,
        uploads: bool,
    ) -> Option<String> {
        let is_local = address.protocol == Protocol::File;
        let disk_path = address.disk_path();
        let is_there = is_local && self.env.disk.file(&disk_path).is_some();
        let is_place =
            is_local && uploads && (address.is_drive() || self.env.disk.has_share(&disk_path));
        if is_there || is_place {
            return None;
        }
        let paths = || server.resources.keys().map(String::as_str);
        let near = self
            .elsewhere(address)
            .or_else(|| near_path(&address.path, paths()))
            .unwrap_or_else(|| listed(paths()));
        Some(match address.protocol {
            Protocol::Http => format!("`{}` has no `{}`{near}.", address.origin, address.path),
            Protocol::File => {
                format!("There is no `{}`, on a server or on the disk{near}.", whole(address))
            }
        })
    }

    /// The same path on another server, drive or share.
    fn elsewhere(&self, address: &Address) -> Option<String> {
        let has_it = |server: &ServerState| server.resources.contains_key(&*address.path);
        let other = self.env.servers.iter().find(|(_, server)| has_it(server));
        let place = other.map(|(origin, _)| format!("{origin}{}", address.path)).or_else(|| {
            let local = [format!("c:{}", address.path), drive_of(&address.path)?];
            local.into_iter().find(|path| self.env.disk.exists(path))
        })?;
        Some(format!("; near: `{place}`"))
    }
}

/// The path of a drive that a path on a share means: `\c$\data` and `\c\data` are both near `c:\data`.
fn drive_of(path: &str) -> Option<String> {
    let (drive, rest) = path.trim_start_matches('\\').split_once('\\')?;
    let drive = drive.trim_end_matches('$');
    (drive.len() == 1).then(|| format!(r"{drive}:\{rest}"))
}

fn whole(address: &Address) -> String {
    format!("{}{}", address.origin, address.path)
}

/// An origin as scheme, host and port.
fn parts(origin: &str) -> (&str, &str, &str) {
    let (scheme, place) = match origin.split_once("://") {
        Some(parts) => parts,
        None => ("", origin.trim_start_matches('\\')),
    };
    // The colons in the brackets of an address belong to it.
    let port = place.rfind(':').filter(|colon| !place.split_at(*colon).1.contains(']'));
    let (host, port) = place.split_at(port.unwrap_or(place.len()));
    (scheme, host, port)
}

/// The declared server that was hardly another one, and the difference.
fn near_origin<'a>(
    origin: &str,
    declared: impl Iterator<Item = &'a str> + Clone,
) -> Option<String> {
    let (scheme, host, port) = parts(origin);
    let find = |is_like: &dyn Fn(&str) -> bool| declared.clone().find(|known| is_like(known));
    let by_another_scheme = |known: &str| {
        let (of, at, behind) = parts(known);
        (at, behind) == (host, port) && of != scheme
    };
    let runs_on = |known: &str| known.contains("://") && origin.starts_with(known);
    let (near, difference) = find(&by_another_scheme)
        .map(|near| (near, ", which is another protocol"))
        .or_else(|| Some((find(&|known| parts(known).1 == host)?, ", which is another port")))
        .or_else(|| Some((find(&runs_on)?, ", with a slash behind it")))
        .or_else(|| Some((nearest(origin, declared.clone())?, "")))?;
    Some(format!("; near: `{near}`{difference}"))
}

/// The path that was hardly another one, and the difference.
fn near_path<'a>(path: &str, known: impl Iterator<Item = &'a str> + Clone) -> Option<String> {
    let find = |is_like: &dyn Fn(&str) -> bool| known.clone().find(|known| is_like(known));
    let in_another_case = |known: &str| known.to_lowercase() == path.to_lowercase();
    let with_another_query = |known: &str| without_query(known) == without_query(path);
    let (near, difference) = find(&in_another_case)
        .map(|near| (near, ", in another case of letters"))
        .or_else(|| Some((find(&with_another_query)?, ", and a query belongs to the path")))
        .or_else(|| Some((nearest(path, known.clone())?, "")))?;
    Some(format!("; near: `{near}`{difference}"))
}

fn without_query(path: &str) -> &str {
    path.split(['?', '#']).next().unwrap_or(path)
}

/// What was declared, where nothing is near.
fn listed<'a>(names: impl Iterator<Item = &'a str> + Clone) -> String {
    let count = names.clone().count();
    let named: Vec<String> = names.take(MOST_NAMES).map(|name| format!("`{name}`")).collect();
    match count.saturating_sub(named.len()) {
        _ if count == 0 => String::new(),
        0 => format!("; there is {}", named.join(", ")),
        more => format!("; there are {} and {more} more", named.join(", ")),
    }
}
