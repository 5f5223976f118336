//! What the client calls: files come in, the job goes on or ends.

use winnow::combinator::{alt, cut_err, opt, preceded};
use winnow::prelude::*;

use super::quantities::{code, expected, file_number, number, phrase, sign, size};
use super::settings::setting;
use super::steps::fixed;
use super::texts::{name, ranges};
use crate::machine::{Call, Commit, Deletion, Directory, FailedRename, FileAccess};
use crate::scenario::phrases::CALLS;
use crate::vocabulary::FileInfo;

pub(super) fn call(input: &mut &str) -> ModalResult<Call> {
    alt((fixed(CALLS), add, ending, take_ownership, of_file, setting)).parse_next(input)
}

fn add(input: &mut &str) -> ModalResult<Call> {
    phrase("add").parse_next(input)?;
    if opt(phrase("files")).parse_next(input)?.is_some() {
        return cut_err(file_set).parse_next(input);
    }
    let file = cut_err(file).parse_next(input)?;
    let ranges = opt(preceded((sign(","), phrase("ranges")), ranges)).parse_next(input)?;
    let directory = directory.parse_next(input)?;
    Ok(match ranges {
        Some(ranges) => Call::AddFileWithRanges(file, ranges, directory),
        None => Call::AddFile(file, directory),
    })
}

fn file_set(input: &mut &str) -> ModalResult<Call> {
    let mut files = vec![file.parse_next(input)?];
    loop {
        let directory = directory.parse_next(input)?;
        if directory != Directory::Writable || opt(sign(",")).parse_next(input)?.is_none() {
            return Ok(Call::AddFileSet(files.into(), directory));
        }
        files.push(cut_err(file).parse_next(input)?);
    }
}

fn file(input: &mut &str) -> ModalResult<FileInfo> {
    let local = preceded(phrase("as"), name)
        .context(expected(r"`as` and a local name such as C:\app\app.exe"));
    let (remote, local) = (name, local).parse_next(input)?;
    Ok(FileInfo::new(remote, local))
}

/// What the disk says of the directory, if the line says so.
pub(super) fn directory(input: &mut &str) -> ModalResult<Directory> {
    let said = alt((
        phrase("directory missing").value(Directory::Missing),
        phrase("directory denied").value(Directory::Denied),
    ));
    Ok(opt(preceded(sign(","), said)).parse_next(input)?.unwrap_or_default())
}

fn ending(input: &mut &str) -> ModalResult<Call> {
    let mut cancel = alt((phrase("cancel").value(true), phrase("complete").value(false)));
    if cancel.parse_next(input)? {
        return files_left.map(Call::Cancel).parse_next(input);
    }
    let failed_rename = opt(failed_rename).parse_next(input)?;
    let deletion = files_left.parse_next(input)?;
    Ok(Call::Complete(Commit { failed_rename, deletion }))
}

fn failed_rename(input: &mut &str) -> ModalResult<FailedRename> {
    (sign(","), phrase("rename")).parse_next(input)?;
    let ordinal = number("which rename of the call fails, counted from 1");
    let after = cut_err(ordinal.verify_map(|ordinal: u32| ordinal.checked_sub(1)));
    let code =
        cut_err(preceded(phrase("fails with"), code)).context(expected("`fails with` and a code"));
    let (after, code) = (after, code).parse_next(input)?;
    Ok(FailedRename { after, code })
}

fn files_left(input: &mut &str) -> ModalResult<Deletion> {
    let left = opt((sign(","), phrase("files left"))).parse_next(input)?;
    Ok(if left.is_some() { Deletion::Incomplete } else { Deletion::Done })
}

fn take_ownership(input: &mut &str) -> ModalResult<Call> {
    phrase("take ownership").parse_next(input)?;
    let said = alt((
        phrase("files denied").value(FileAccess::Denied),
        phrase("other drives").value(FileAccess::OtherMapping),
    ));
    let said = cut_err(said.context(expected("`files denied` or `other drives`")));
    let access = opt(preceded(sign(","), said)).parse_next(input)?;
    Ok(Call::TakeOwnership(access.unwrap_or_default()))
}

/// What is asked of one file, and of remote names.
fn of_file(input: &mut &str) -> ModalResult<Call> {
    let becomes =
        || preceded(phrase("becomes"), name).context(expected("`becomes` and the new beginning"));
    let new_name = preceded(phrase("becomes"), name).context(expected("`becomes` and a URL"));
    alt((
        preceded(phrase("request ranges of"), cut_err((file_number, ranges)))
            .map(|(file, ranges)| Call::RequestFileRanges(file, ranges)),
        preceded(phrase("download position of"), cut_err((file_number, size)))
            .map(|(file, offset)| Call::UpdateDownloadPosition(file, offset)),
        preceded(phrase("remote name of"), cut_err((file_number, new_name)))
            .map(|(file, name)| Call::SetRemoteName(file, name)),
        preceded(phrase("remote prefix"), cut_err((name, becomes())))
            .map(|(old, new)| Call::ReplaceRemotePrefix { old, new }),
    ))
    .parse_next(input)
}
