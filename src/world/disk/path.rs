//! Windows paths as a disk knows them.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use crate::vocabulary::canonical::Canonical;

/// A full path: in any case of letters, with `/` or `\`, it is the same file. What it is called is
/// kept as it was given.
#[derive(Debug, Clone)]
pub(crate) struct DiskPath {
    /// `C:`, or `\\server\share`.
    pub(crate) volume: String,
    /// The folders and the file on it.
    parts: Vec<String>,
    /// All that in small letters, by which paths are compared.
    key: String,
}

impl DiskPath {
    /// Reads `C:\folder\file` or `\\server\share\folder\file`. `.` and `..` are resolved and never
    /// lead out of the volume.
    pub(crate) fn of(path: &str) -> Self {
        let is_share = path.starts_with(is_separator);
        let mut components = path.split(is_separator).filter(|part| !part.is_empty());
        let volume = if is_share {
            let (server, share) =
                (components.next().unwrap_or_default(), components.next().unwrap_or_default());
            format!(r"\\{server}\{share}")
        } else {
            components.next().unwrap_or_default().to_owned()
        };
        let mut parts = Vec::new();
        for component in components {
            match component {
                "." => {}
                ".." => {
                    parts.pop();
                }
                other => parts.push(other.to_owned()),
            }
        }
        Self::new(volume, parts)
    }

    fn new(volume: String, parts: Vec<String>) -> Self {
        let mut key = volume.to_lowercase();
        for part in &parts {
            key.push('\\');
            key.push_str(&part.to_lowercase());
        }
        Self { volume, parts, key }
    }

    /// The folder in which the file stands; of a volume, itself.
    pub(crate) fn folder(&self) -> Self {
        let Some((_, parts)) = self.parts.split_last() else { return self.clone() };
        // Parts hold no separator.
        let key = self.key.rsplit_once('\\').map_or(&*self.key, |(folder, _)| folder);
        Self { volume: self.volume.clone(), parts: parts.to_vec(), key: key.to_owned() }
    }

    /// The volume as a path.
    pub(crate) fn root(&self) -> Self {
        Self::new(self.volume.clone(), Vec::new())
    }

    /// The same path with that folder in place of its volume.
    pub(crate) fn moved_to(&self, place: &Self) -> Self {
        let parts = place.parts.iter().chain(&self.parts).cloned().collect();
        Self::new(place.volume.clone(), parts)
    }

    /// The name without its folder.
    pub(crate) fn name(&self) -> &str {
        self.parts.last().map_or(&self.volume, String::as_str)
    }

    pub(crate) fn parts(&self) -> &[String] {
        &self.parts
    }

    /// Whether the path stands in that folder, or is it.
    pub(crate) fn is_within(&self, folder: &Self) -> bool {
        let rest = self.key.strip_prefix(&folder.key);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('\\'))
    }

    /// How deep it lies: what is said of the deepest folder counts.
    pub(crate) fn depth(&self) -> usize {
        self.parts.len()
    }
}

const fn is_separator(character: char) -> bool {
    matches!(character, '\\' | '/')
}

impl PartialEq for DiskPath {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for DiskPath {}

impl PartialOrd for DiskPath {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for DiskPath {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key.cmp(&other.key)
    }
}

impl Canonical for DiskPath {
    /// As it is spelt, which clients see.
    fn hash_canonical<H: Hasher>(&self, hasher: &mut H) {
        let Self { volume, parts, key: _ } = self;
        (volume, parts).hash(hasher);
    }
}

impl fmt::Display for DiskPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.volume)?;
        self.parts.iter().try_for_each(|part| write!(f, r"\{part}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_the_same_in_any_case_and_with_either_separator() {
        assert_eq!(DiskPath::of(r"C:\App\a.EXE"), DiskPath::of("c:/app//A.exe"));
        assert_eq!(DiskPath::of(r"\\Server\Share\a"), DiskPath::of("//server/share/a"));
        assert_eq!(DiskPath::of(r"C:\App\a.EXE").to_string(), r"C:\App\a.EXE");
    }

    #[test]
    fn no_path_leads_out_of_its_volume() {
        assert_eq!(DiskPath::of(r"C:\..\..\a\.\..\b").to_string(), r"C:\b");
        assert_eq!(DiskPath::of(r"\\server\share\..\a").to_string(), r"\\server\share\a");
    }

    #[test]
    fn folders_hold_what_stands_in_them() {
        let file = DiskPath::of(r"C:\app\a.exe");
        assert_eq!(file.folder(), DiskPath::of(r"C:\APP"));
        assert!(file.is_within(&DiskPath::of("C:")));
        assert!(!file.is_within(&DiskPath::of(r"C:\ap")));
        assert_eq!(file.name(), "a.exe");
    }
}
