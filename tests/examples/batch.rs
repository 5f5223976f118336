//! The downloader of many files under faults: every file is either there or accounted for.

#[allow(dead_code, reason = "its main is not run here")]
#[path = "../../examples/batch.rs"]
mod example;

use bits_emulator::policy::Policies;
use bits_emulator::{Emulator, Fault, FileInfo, HResult, Hook, Method, User};
use example::fetch_all;

const FILES: usize = 64;
const BROKEN: HResult = HResult::RPC_S_SERVER_UNAVAILABLE;

/// A name, what goes wrong, and the numbers of the files that cannot be had.
type Script = (&'static str, fn(&Emulator), &'static [usize]);

fn fails(emulator: &Emulator, number: usize, fault: impl Into<Fault>) {
    emulator.server("https://example.com").resource(&format!("/{number}.dat")).fails(fault);
}

const SCRIPTS: &[Script] = &[
    ("all is well", |_| (), &[]),
    ("one file is missing", |emulator| fails(emulator, 13, Fault::http(404).always()), &[13]),
    (
        "three files of one job are missing, the first and the last among them",
        |emulator| [20, 25, 29].iter().for_each(|n| fails(emulator, *n, Fault::http(404).always())),
        &[20, 25, 29],
    ),
    (
        "the server is busy now and then",
        |emulator| (0..FILES).step_by(7).for_each(|number| fails(emulator, number, 503)),
        &[],
    ),
    (
        "a folder is forbidden",
        |emulator| {
            emulator.disk().deny(r"C:\data\6");
        },
        // None of the files of a set is added (FILES-10).
        &[60, 61, 62, 63],
    ),
    (
        "the user may have two jobs only",
        |emulator| emulator.set_policies(Policies { jobs_per_user: 2, ..Policies::default() }),
        &[],
    ),
    (
        "calls fail now and then",
        |emulator| {
            for method in [Method::GetState, Method::GetProgress, Method::EnumFiles] {
                emulator.hook(Hook::fail(method, BROKEN).after(4).times(2));
            }
        },
        &[],
    ),
    (
        "the answer of Complete is lost",
        |emulator| emulator.hook(Hook::drop_reply(Method::Complete, BROKEN)),
        &[],
    ),
];

#[test]
fn the_downloader_copes() {
    for (name, before, missing) in SCRIPTS {
        let emulator = Emulator::new();
        let server = emulator.server("https://example.com");
        let files: Vec<FileInfo> = (0..FILES)
            .map(|number| {
                server.file(&format!("/{number}.dat"), 1_000_000);
                let folder = number / 10;
                let url = format!("https://example.com/{number}.dat");
                FileInfo::new(url, format!(r"C:\data\{folder}\{number}.dat"))
            })
            .collect();
        before(&emulator);
        let session = emulator.connect(User::new("alice"));
        let report = fetch_all(&session, &files, &mut |time| {
            emulator.advance(time);
        });
        let url = |number: &usize| format!("https://example.com/{number}.dat");
        let failed: Vec<String> = missing.iter().map(url).collect();
        assert_eq!(report.failed.keys().cloned().collect::<Vec<_>>(), failed, "{name}");
        assert_eq!(report.done.len(), FILES - missing.len(), "{name}");
        for (number, file) in files.iter().enumerate() {
            let there = emulator.disk().size(&file.local_name) == Some(1_000_000);
            assert_eq!(there, !missing.contains(&number), "{name}, file {number}");
        }
        assert_eq!(session.jobs().unwrap().total(), 0, "{name}");
    }
}
