//! Remote names: which characters they may hold, and that servers are asked for exactly these names.

use bits_emulator::readings::{IllegalCharacters, Readings};
use bits_emulator::{
    Completion, Emulator, Error, FileInfo, FileRange, HResult, Job, JobState, JobType, User,
};

const ORIGIN: &str = "https://example.com";
const LOCAL: &str = r"C:\app\a.zip";

/// Names with characters that are no letters of ASCII, and that are accepted.
const ACCEPTED: [&str; 6] =
    ["/ü.zip", "/日本?größe=ä", "/a?b=c?d=*", "/a#b", "/100%", "/a%20b#c?d#e"];
/// Names with characters of ASCII that a URL should not hold.
const ILLEGAL: [&str; 5] = ["/a b", "/{a}", "/a|b", r"/a\b", "/a?<b>"];
/// Names that are refused whatever is said of others.
const REFUSED: [&str; 6] = ["/a\0", "/a\nb", "/a\r\n", "/a\u{7F}", "/*.zip", "/a#*"];

fn accepting() -> Emulator {
    Emulator::with_readings(Readings {
        illegal_characters: IllegalCharacters::Accepted,
        ..Readings::documented()
    })
}

fn create(emulator: &Emulator) -> Result<Job, Error> {
    emulator.connect(User::new("alice")).create_job("update", JobType::Download)
}

/// What each call answers that takes a remote name.
fn answers(emulator: &Emulator, name: &str) -> Result<Vec<Option<HResult>>, Error> {
    let url = format!("{ORIGIN}{name}");
    let job = create(emulator)?;
    job.add_file("https://example.com/old", LOCAL)?;
    job.add_file("http://old.example.com/old", r"C:\app\old")?;
    let range = [FileRange::new(0, 1)];
    let mut files = job.files()?;
    let first = files.remove(0);
    let answers = [
        create(emulator)?.add_file(&url, LOCAL),
        create(emulator)?.add_file_set(&[FileInfo::new(&*url, LOCAL)]),
        create(emulator)?.add_file_with_ranges(&url, LOCAL, &range),
        first.set_remote_name(&url),
        job.replace_remote_prefix("http://old.example.com/old", &url).map(|_| ()),
    ];
    Ok(answers.map(|answer| answer.err().map(|error| error.code())).to_vec())
}

/// FILES-03, FILES-24, FILES-27: every call that takes a remote name has the same check.
#[test]
fn each_call_accepts_the_same_names() -> Result<(), Error> {
    let invalid = vec![Some(HResult::E_INVALIDARG); 5];
    for name in ACCEPTED {
        assert_eq!(answers(&Emulator::new(), name)?, [None; 5], "{name}");
        assert_eq!(answers(&accepting(), name)?, [None; 5], "{name}");
    }
    for name in ILLEGAL {
        assert_eq!(answers(&Emulator::new(), name)?, invalid, "{name}");
        assert_eq!(answers(&accepting(), name)?, [None; 5], "{name}");
    }
    for name in REFUSED {
        assert_eq!(answers(&Emulator::new(), name)?, invalid, "{name:?}");
        assert_eq!(answers(&accepting(), name)?, invalid, "{name:?}");
    }
    Ok(())
}

/// FILES-03: BITS escapes nothing.
#[test]
fn a_server_is_asked_for_exactly_that_name() -> Result<(), Error> {
    let emulator = accepting();
    let server = emulator.server(ORIGIN);
    for (number, name) in (1_usize..).zip(ACCEPTED.iter().chain(&ILLEGAL)) {
        server.file(name, *name);
        let job = create(&emulator)?;
        job.add_file(format!("{ORIGIN}{name}"), LOCAL)?;
        job.resume()?;
        let _ = emulator.run_until_idle();
        assert_eq!(job.state()?, JobState::Transferred, "{name}");
        assert_eq!(job.complete()?, Completion::All);
        assert_eq!(emulator.disk().read(LOCAL).as_deref(), Some(name.as_bytes()));
        let requests = server.requests();
        assert_eq!(requests.len(), 2 * number);
        assert_eq!(requests.last().map(|last| &*last.url), Some(&*format!("{ORIGIN}{name}")));
    }
    Ok(())
}

/// FILES-03: an upload under a name that the server does not know fails there.
#[test]
fn an_upload_to_an_unknown_name_fails_at_the_server() -> Result<(), Error> {
    let emulator = Emulator::new();
    emulator.server(ORIGIN).resource("/in").uploads(|_| ());
    emulator.disk().write(r"C:\report", "report");
    let job = emulator.connect(User::new("alice")).create_job("report", JobType::Upload)?;
    job.add_file("https://example.com/ïn", r"C:\report")?;
    job.resume()?;
    let _ = emulator.run_until_idle();
    assert_eq!(
        (job.state()?, job.error()?.code()),
        (JobState::Error, HResult::BG_E_HTTP_ERROR_404)
    );
    Ok(())
}
