//! Every documented method, and what of it is emulated.

use std::collections::BTreeMap;

use bits_emulator::Method;
use bits_emulator::reference::{self, Emulation, Entry, WordKind};

fn all() -> Vec<(String, Entry)> {
    let entries = [WordKind::Method, WordKind::Notification].map(reference::entries);
    let full = |entry: Entry| {
        let names = std::iter::once(&entry.name).chain(&entry.other_names);
        let full = names.filter(|name| name.contains("::")).min().cloned();
        (full.unwrap_or_else(|| panic!("{entry:?}")), entry)
    };
    entries.into_iter().flatten().map(full).collect()
}

#[test]
fn every_method_that_is_emulated_stands_once_under_its_interface() {
    let mut by_name = BTreeMap::new();
    for (full, entry) in all() {
        assert!(by_name.insert(full.clone(), entry).is_none(), "{full} stands twice");
    }
    for method in Method::ALL {
        let full = format!("{}::{method}", method.interface());
        let entry = by_name.get(&full).unwrap_or_else(|| panic!("{full} is missing"));
        assert_eq!(entry.name, method.name(), "the plain name is that of the emulated method");
        let emulation = entry.emulation;
        assert!(matches!(emulation, Some(Emulation::Whole | Emulation::InPart(_))), "{full}");
    }
}

/// How many methods the pages of each interface have.
#[test]
fn no_documented_method_is_left_out() {
    let mut counts = BTreeMap::new();
    for (full, entry) in all() {
        let (interface, _) = full.split_once("::").unwrap();
        *counts.entry(interface.to_owned()).or_insert(0) += 1;
        if let Some(Emulation::Not(reason)) = entry.emulation {
            assert!(reason.len() > 10, "{full}");
        }
    }
    let expected = [
        ("COM", 1),
        ("IBITSExtensionSetup", 4),
        ("IBITSExtensionSetupFactory", 1),
        ("IBackgroundCopyCallback", 3),
        ("IBackgroundCopyCallback1", 3),
        ("IBackgroundCopyCallback2", 1),
        ("IBackgroundCopyCallback3", 1),
        ("IBackgroundCopyError", 5),
        ("IBackgroundCopyFile", 3),
        ("IBackgroundCopyFile2", 2),
        ("IBackgroundCopyFile3", 4),
        ("IBackgroundCopyFile4", 1),
        ("IBackgroundCopyFile5", 2),
        ("IBackgroundCopyFile6", 3),
        ("IBackgroundCopyGroup", 16),
        ("IBackgroundCopyJob", 32),
        ("IBackgroundCopyJob1", 9),
        ("IBackgroundCopyJob2", 8),
        ("IBackgroundCopyJob3", 4),
        ("IBackgroundCopyJob4", 6),
        ("IBackgroundCopyJob5", 2),
        ("IBackgroundCopyJobHttpOptions", 8),
        ("IBackgroundCopyJobHttpOptions2", 2),
        ("IBackgroundCopyJobHttpOptions3", 2),
        ("IBackgroundCopyManager", 4),
        ("IBackgroundCopyQMgr", 3),
        ("IBackgroundCopyServerCertificateValidationCallback", 1),
        ("IBitsPeer", 3),
        ("IBitsPeerCacheAdministration", 14),
        ("IBitsPeerCacheRecord", 7),
        ("IBitsTokenOptions", 5),
        ("IEnumBackgroundCopyFiles", 5),
        ("IEnumBackgroundCopyGroups", 5),
        ("IEnumBackgroundCopyJobs", 5),
        ("IEnumBackgroundCopyJobs1", 5),
        ("IEnumBitsPeerCacheRecords", 5),
        ("IEnumBitsPeers", 5),
        ("IUnknown", 1),
    ];
    assert_eq!(counts, expected.map(|(name, count)| (name.to_owned(), count)).into());
}

#[test]
fn a_method_that_is_not_emulated_says_why_and_a_name_is_found_with_its_interface() {
    let text = |word: &str| {
        let found = reference::explain(word).unwrap();
        let method = found.iter().find(|entry| entry.kind == WordKind::Method);
        method.unwrap_or_else(|| panic!("{word}: {found:?}")).to_string()
    };
    let peers = text("DiscoverPeers");
    assert!(peers.contains("not emulated: peer caching is not emulated; content"), "{peers}");
    assert!(peers.contains("nf-bits3_0-ibitspeercacheadministration-discoverpeers.md"), "{peers}");
    let of_file = text("IBackgroundCopyFile::GetProgress");
    assert!(of_file.contains("It is emulated by File::progress.\n"), "{of_file}");
    // The job's is meant by the name alone.
    assert!(text("GetProgress").contains("also IBackgroundCopyJob::GetProgress\n"));
}
