//! What is said of servers and paths that a test did not declare, and what is near them.

use std::panic::{AssertUnwindSafe, catch_unwind};

use bits_emulator::{Emulator, HResult, Job, JobType, User};

fn job_on(emulator: &Emulator, job_type: JobType, remote: &str) -> Job {
    let job = emulator.connect(User::new("alice")).create_job("app", job_type).unwrap();
    if job_type == JobType::Upload {
        emulator.disk().with_state(|disk| _ = disk.write(r"C:\app.exe", "MZ"));
    }
    job.add_file(remote, r"C:\app.exe").unwrap();
    job.resume().unwrap();
    job
}

/// What is missing for a download, before it was tried and after it failed; the text of both is the same.
#[track_caller]
fn missing(emulator: &Emulator, remote: &str) -> Option<String> {
    let job = job_on(emulator, JobType::Download, remote);
    let before = emulator.explain(&job).unwrap().missing;
    let _ = emulator.step_forward(&job);
    let _ = emulator.step_forward(&job);
    let explained = emulator.explain(&job).unwrap();
    assert_eq!(before, explained.missing);
    assert!(before.is_none_or(|before| explained.to_string().contains(&before)));
    let _ = job.cancel();
    explained.missing
}

fn emulator() -> Emulator {
    let emulator = Emulator::new();
    emulator.server("https://example.com").file("/app.exe", 1_000);
    emulator
}

#[test]
fn a_server_that_was_not_declared_is_named_with_the_one_that_is_near() {
    let emulator = emulator();
    let of = |remote: &str| missing(&emulator, remote).unwrap_or_default();
    for (remote, said) in [
        (
            "http://example.com/app.exe",
            "No server `http://example.com` was declared; near: `https://example.com`, which is another \
             protocol.",
        ),
        (
            "https://example.com:8443/app.exe",
            "No server `https://example.com:8443` was declared; near: `https://example.com`, which is \
             another port.",
        ),
        (
            "https://exampel.com/app.exe",
            "No server `https://exampel.com` was declared; near: `https://example.com`.",
        ),
        (
            "https://example.comapp.exe",
            "No server `https://example.comapp.exe` was declared; near: `https://example.com`, with a \
             slash behind it.",
        ),
        (
            "https://downloads.contoso-cdn.net/app.exe",
            "No server `https://downloads.contoso-cdn.net` was declared; there is `https://example.com`.",
        ),
    ] {
        assert_eq!(of(remote), said);
    }
    let none = missing(&Emulator::new(), "https://example.com/app.exe");
    assert_eq!(none.unwrap(), "No server `https://example.com` was declared.");
}

#[test]
fn a_path_that_the_server_does_not_have_is_named_with_the_one_that_is_near() {
    let emulator = emulator();
    let of = |path: &str| missing(&emulator, &format!("https://example.com{path}"));
    for (path, near) in [
        ("/App.exe", "near: `/app.exe`, in another case of letters."),
        ("/app.exe?v=2", "near: `/app.exe`, and a query belongs to the path."),
        ("/apps.exe", "near: `/app.exe`."),
        ("/readme.txt", "there is `/app.exe`."),
    ] {
        assert_eq!(of(path).unwrap(), format!("`https://example.com` has no `{path}`; {near}"));
    }
    assert_eq!(of("/app.exe"), None);
    // A slash that the declaration leaves out is put there.
    emulator.server("https://example.com").file("setup.exe", 1_000);
    assert_eq!(of("/setup.exe"), None);

    emulator.server("https://cdn.example.com").file("/x/other.bin", 1_000);
    assert_eq!(
        of("/x/other.bin").unwrap(),
        "`https://example.com` has no `/x/other.bin`; near: `https://cdn.example.com/x/other.bin`."
    );
    emulator.server("https://example.com").resource("/empty.exe");
    assert_eq!(
        of("/empty.exe").unwrap(),
        "`https://example.com/empty.exe` has no content: Server::file."
    );
}

/// BITS sees what a real server would have answered; what was meant is said beside it.
#[test]
fn the_code_is_that_of_bits() {
    let emulator = emulator();
    let job = job_on(&emulator, JobType::Download, "https://example.com/App.exe");
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(job.error().unwrap().code(), HResult::BG_E_HTTP_ERROR_404);
    assert!(emulator.explain(&job).unwrap().missing.is_some());

    // A path that is there is not missing, whatever the server answers.
    let server = emulator.server("https://example.com");
    server.file("/app.exe", 1_000).fails(404);
    let job = job_on(&emulator, JobType::Download, "https://example.com/app.exe");
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(job.error().unwrap().code(), HResult::BG_E_HTTP_ERROR_404);
    assert_eq!(emulator.explain(&job).unwrap().missing, None);
}

#[test]
fn where_a_redirect_leads_is_looked_at() {
    let emulator = emulator();
    emulator.server("https://example.com").resource("/latest").with_state(|resource| {
        resource.redirect(302, "https://example.com/app-2.exe");
    });
    assert_eq!(
        missing(&emulator, "https://example.com/latest").unwrap(),
        "`https://example.com` has no `/app-2.exe`; near: `/app.exe`."
    );
}

#[test]
fn shares_and_drives_are_told_apart() {
    let emulator = emulator();
    emulator.server(r"\\server").file(r"\share\app.exe", 1_000);
    emulator.disk().with_state(|disk| _ = disk.write(r"C:\data\app.exe", "MZ"));
    let of = |remote: &str| missing(&emulator, remote);
    assert_eq!(of(r"\\server\share\app.exe"), None);
    assert_eq!(of(r"C:\data\app.exe"), None);
    for (remote, near) in [
        (r"\\server\c$\data\app.exe", r"near: `c:\data\app.exe`."),
        (r"D:\share\app.exe", r"near: `\\server\share\app.exe`."),
        (r"\\server\share\ap.exe", r"near: `\share\app.exe`."),
        (r"\\data\app.exe\x", ""),
    ] {
        let said = of(remote).unwrap();
        assert!(
            said.starts_with(&format!("There is no `{}`", remote.to_lowercase()))
                && said.contains(near),
            "{said}"
        );
    }
}

#[test]
fn a_resource_that_takes_no_uploads_is_named() {
    let emulator = emulator();
    let job = job_on(&emulator, JobType::Upload, "https://example.com/app.exe");
    assert_eq!(
        emulator.explain(&job).unwrap().missing.unwrap(),
        "`https://example.com/app.exe` takes no uploads: Resource::uploads."
    );
    emulator.server("https://example.com").resource("/app.exe").uploads(|_| ());
    assert_eq!(emulator.explain(&job).unwrap().missing, None);
    let to_disk = job_on(&emulator, JobType::Upload, r"C:\copy.exe");
    assert_eq!(emulator.explain(&to_disk).unwrap().missing, None);
}

#[test]
fn what_is_not_the_origin_of_a_server_is_refused_where_it_is_declared() {
    let emulator = Emulator::new();
    let refusal = |origin: &str| {
        let declared = catch_unwind(AssertUnwindSafe(|| drop(emulator.server(origin))));
        let removed = catch_unwind(AssertUnwindSafe(|| emulator.remove_server(origin)));
        assert_eq!(declared.is_err(), removed.is_err());
        declared.err().map(|panic| *panic.downcast::<String>().unwrap())
    };
    for (origin, said) in [
        ("example.com", "it has no scheme; write `https://example.com` or `http://example.com`"),
        ("localhost:8080", "it has no scheme; write `https://localhost:8080`"),
        ("", "it has no scheme"),
        ("https://", "it names no host"),
        ("ftp://example.com", "BITS knows the schemes http, https and file"),
        (
            "https://example.com/files",
            "it has a path; write `server(\"https://example.com\")` and name `/files` there",
        ),
        (r"\\server\share", r"it has a path"),
    ] {
        let refused = refusal(origin).unwrap_or_else(|| panic!("{origin} is accepted"));
        let expected = format!("`{origin}` is not the origin of a server: {said}");
        assert!(refused.starts_with(&expected), "{refused}");
    }
    for origin in [
        "https://example.com",
        "https://example.com/",
        "HTTP://Example.com:80",
        "https://[::1]:8443",
        r"\\server",
        "//server",
        "file://server",
        "C:",
    ] {
        assert_eq!(refusal(origin), None, "{origin}");
    }
}
