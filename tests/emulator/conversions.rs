//! What is at hand is taken as it is: names, sizes, bytes, codes, paths and closures.

use std::error::Error as AnyError;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use bits_emulator::server::{Content, Resource};
use bits_emulator::uuid::Uuid;
use bits_emulator::{
    Emulator, Error, Fault, FileInfo, FileRange, HResult, Job, JobId, JobState, JobType,
    Notification, User,
};

use crate::support::{URL, resumed_download};

fn world(content: impl Into<Content>) -> (Emulator, Resource) {
    let emulator = Emulator::new();
    let file = emulator.server("https://example.com").file("/app.exe", content);
    (emulator, file)
}

fn job(emulator: &Emulator) -> Job {
    resumed_download(&emulator.connect("alice")).unwrap()
}

#[test]
fn a_user_is_named() -> Result<(), Error> {
    let (emulator, name, user) = (Emulator::new(), String::from("alice"), User::new("alice"));
    let id = emulator.connect(&user).create_job("update", JobType::Download)?.id();
    for session in [
        emulator.connect("alice"),
        emulator.try_connect(name.clone())?,
        emulator.run_as(name.as_str()),
        emulator.connect(user.clone()),
    ] {
        assert_eq!(session.job(id)?.owner()?, emulator.sid("alice"));
    }
    emulator.log_off("alice");
    assert!(!emulator.explain(id)?.is_owner_logged_on);
    emulator.log_on(&user);
    assert!(emulator.explain(id)?.is_owner_logged_on);
    Ok(())
}

#[test]
fn codes_and_ids_are_numbers() {
    let code = HResult::BG_E_HTTP_ERROR_404;
    assert_eq!((u32::from(code), i32::from(code)), (0x8019_0194, -2_145_844_844));
    assert_eq!((HResult::from(0x8019_0194_u32), HResult::from(-2_145_844_844)), (code, code));
    assert_eq!((HResult::from(0), i32::from(HResult::S_FALSE)), (HResult::S_OK, 1));
    let guid = Uuid::from_u128(7);
    assert_eq!((JobId::from(guid), Uuid::from(JobId(guid))), (JobId(guid), guid));
}

#[test]
fn a_size_is_any_integer_and_a_content_any_bytes() {
    let bytes = vec![7; 10];
    let emulator = Emulator::new();
    let (server, disk) = (emulator.server("https://example.com"), emulator.disk());
    let sizes = [
        Content::from(bytes.len()),
        10.into(),
        10_u8.into(),
        10_u16.into(),
        10_u32.into(),
        10_u64.into(),
        10_i8.into(),
        10_i16.into(),
        10_i64.into(),
        10_isize.into(),
    ];
    assert!(sizes.iter().all(|content| *content == Content::sized(10)));
    let text = "\u{7}".repeat(10);
    let contents = [
        Content::from(bytes.clone()),
        (&bytes).into(),
        bytes.as_slice().into(),
        [7; 10].into(),
        (&[7; 10]).into(),
        text.as_str().into(),
        (&text).into(),
        text.clone().into(),
        Arc::<[u8]>::from(bytes.as_slice()).into(),
    ];
    assert!(contents.iter().all(|content| content.bytes() == Some(&*bytes)));

    let stored = |file: Resource| file.with_state(|file| file.stored().cloned()).unwrap();
    assert_eq!(stored(server.file("/a", bytes.len())), Content::sized(10));
    assert_eq!(stored(server.file("/a", 10 << 20)).size(), 10 << 20);
    assert_eq!(stored(server.file("/a", 4_u64 << 30)).size(), 4 << 30);
    assert_eq!(stored(server.file("/a", &bytes)).bytes(), Some(&*bytes));
    disk.write(r"C:\a", bytes.len()).write(r"C:\b", [1, 2]).write(r"C:\c", &text);
    assert_eq!(disk.size(r"C:\a"), Some(10));
    assert_eq!(disk.read(r"C:\b"), Some(vec![1, 2]));
    assert_eq!(disk.read(r"C:\c").as_ref(), Some(&bytes));
}

#[test]
#[should_panic(expected = "a content cannot have -1 bytes")]
fn a_negative_size_is_refused() {
    let _ = Emulator::new().server("https://example.com").file("/a", -1);
}

#[test]
fn a_fault_is_a_status_or_a_code() -> Result<(), Error> {
    let (emulator, file) = world(10);
    file.fails(503).fails(HResult::E_ACCESSDENIED);
    let job = job(&emulator);
    for code in [HResult::BG_E_HTTP_ERROR_503, HResult::E_ACCESSDENIED] {
        while job.error().map(|error| error.code()) != Ok(code) {
            assert!(emulator.step_forward(&job));
        }
    }
    assert_eq!(Fault::from(HResult::E_ACCESSDENIED), Fault::code(HResult::E_ACCESSDENIED));
    Ok(())
}

#[test]
#[should_panic(expected = "S_OK (0x00000000) is a success code")]
fn a_success_is_no_fault() {
    let (_, file) = world(10);
    file.fails(HResult::S_OK);
}

#[test]
fn names_are_texts_and_paths() -> Result<(), Error> {
    let emulator = Emulator::new();
    let session = emulator.connect("alice");
    let job = session.create_job("update", JobType::Download)?;
    job.add_file(String::from(URL), PathBuf::from(r"C:\0"))?;
    job.add_file(String::from(URL), Path::new(r"C:\1"))?;
    job.add_file_with_ranges(URL, PathBuf::from(r"C:\2"), &[FileRange::new(0, 1)])?;
    job.add_file_set(&[FileInfo::new(String::from(URL), PathBuf::from(r"C:\3"))])?;
    for (number, file) in job.files()?.iter().enumerate() {
        assert_eq!(file.remote_name()?, URL);
        assert_eq!(file.local_name()?, format!(r"C:\{number}"));
    }

    let upload = session.create_job("report", JobType::UploadReply)?;
    upload.set_reply_file_name(PathBuf::from(r"C:\reply"))?;
    assert_eq!(upload.reply_file_name()?.as_deref(), Some(r"C:\reply"));
    upload.clear_reply_file_name()?;
    assert_ne!(upload.reply_file_name()?.as_deref(), Some(r"C:\reply"));
    Ok(())
}

/// FILES-02
#[cfg(unix)]
#[test]
fn a_path_that_is_no_text_is_refused() -> Result<(), Error> {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let path = Path::new(OsStr::from_bytes(b"C:\\app\\\xFF.exe"));
    let session = Emulator::new().connect("alice");
    let job = session.create_job("update", JobType::Download)?;
    let upload = session.create_job("report", JobType::UploadReply)?;
    for refused in [
        job.add_file(URL, path),
        job.add_file_set(&[FileInfo::new(URL, path)]),
        job.add_file_with_ranges(URL, path, &[FileRange::new(0, 1)]),
        upload.set_reply_file_name(path),
    ] {
        let error = refused.unwrap_err();
        assert_eq!(error.code(), HResult::E_INVALIDARG);
        assert!(error.to_string().contains("not Unicode"), "{error}");
    }
    assert!(job.files()?.is_empty());
    Ok(())
}

/// A closure is told like an object, and its answer counts: an error of a call is a failure to listen.
#[test]
fn a_closure_is_a_callback() -> Result<(), Error> {
    let (emulator, file) = world(1_000);
    file.fails(404);
    let job = job(&emulator);
    let told = Arc::new(Mutex::new(Vec::new()));
    let diary = Arc::clone(&told);
    job.set_notify_interface(move |job: Job, notification| {
        diary.lock().unwrap().push(notification);
        match notification {
            Notification::JobError => job.resume(),
            _ => job.complete().map(drop),
        }
    })?;
    assert!(emulator.run_until_idle().is_at_rest());
    assert_eq!(job.state()?, JobState::Acknowledged);
    assert_eq!(*told.lock().unwrap(), [Notification::JobError, Notification::JobTransferred]);
    Ok(())
}

#[test]
fn a_closure_answers_with_a_code_a_result_or_nothing() -> Result<(), Error> {
    let (emulator, _) = world(1_000);
    let count = Arc::new(Mutex::new(0));
    let job = job(&emulator);
    let told = |job: &Job, with: HResult| {
        let counted = Arc::clone(&count);
        job.set_notify_interface(move |_, _| {
            *counted.lock().unwrap() += 1;
            with
        })
    };
    // NOTIFY-20: what fails is told again.
    told(&job, HResult::E_ACCESSDENIED)?;
    let _ = emulator.run_until_idle();
    assert!(*count.lock().unwrap() > 1);
    *count.lock().unwrap() = 0;
    told(&job, HResult::S_OK)?;
    let _ = emulator.run_until_idle();
    let heard = *count.lock().unwrap();
    assert!(heard <= 1);

    job.set_notify_interface(|_, _| ())?;
    assert!(job.notify_interface()?.is_some());
    let object = job.notify_interface()?;
    job.set_notify_interface(None)?;
    assert!(job.notify_interface()?.is_none());
    job.set_notify_interface(object)?;
    assert!(job.notify_interface()?.is_some());
    Ok(())
}

/// PROP-26, PROP-27
#[test]
fn a_closure_checks_certificates() -> Result<(), Error> {
    let (emulator, _) = world(1_000);
    let job = job(&emulator);
    job.suspend()?;
    job.set_server_certificate_validation_interface(|_, server, _| {
        assert_eq!(server, "example.com:443");
        HResult::E_ACCESSDENIED
    })?;
    job.resume()?;
    while job.state()? != JobState::TransientError {
        assert!(emulator.step_forward(&job));
    }
    assert_eq!(job.error()?.code(), HResult::E_ACCESSDENIED);
    Ok(())
}

fn failed_download() -> Result<(), Box<dyn AnyError>> {
    let emulator = Emulator::new();
    emulator.server("https://example.com");
    let job = job(&emulator);
    emulator.run_until(&job, JobState::Error)?;
    Err(job.error()?)?;
    Ok(())
}

#[test]
fn an_error_object_is_an_error() {
    let error = failed_download().unwrap_err();
    let text = error.to_string();
    let code = HResult::BG_E_HTTP_ERROR_404;
    let (meaning, advice) = (code.meaning(), code.advice());
    assert_eq!(text, format!("{code} in REMOTE_FILE of file 1: {meaning} {advice}"));
    assert_eq!(format!("{error:?}"), text);
}

#[test]
fn debug_of_an_error_is_its_sentence() -> Result<(), Error> {
    let job = Emulator::new().connect("alice").create_job("update", JobType::Download)?;
    let error = job.resume().unwrap_err();
    assert_eq!(format!("{error:?}"), error.to_string());
    assert!(format!("{error:?}").contains("BG_E_EMPTY (0x80200003)"), "{error:?}");
    assert!(format!("{error:?}").contains("add one first"), "{error:?}");
    Ok(())
}

#[test]
fn a_trace_is_iterated_over() {
    let (emulator, _) = world(10);
    let job = job(&emulator);
    let mut numbers = Vec::new();
    for step in &emulator.trace() {
        numbers.push(step.number);
    }
    let trace = emulator.trace();
    assert!(!numbers.is_empty() && numbers.len() == trace.steps().len());
    let owned = trace.into_iter().filter(|step| step.job(job.id()).is_some());
    assert!(owned.count() > 0);
}
