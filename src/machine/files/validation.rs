//! The client says whether the content of a file is right.

use super::item::TransferItem;
use crate::machine::JobStateMachine;
use crate::vocabulary::{Error, ErrorContext, FileIndex, HResult, Method, rule};

impl JobStateMachine {
    /// DONE-19: the file must be transferred. That uploads have nothing to validate, and that of a
    /// file which was made available the record is gone, is an interpretation.
    pub(crate) fn check_validation_state(&self, file: FileIndex) -> Result<(), Error> {
        let (method, rule) = (Method::SetValidationState, rule!("DONE-19"));
        self.check_download(method, rule)?;
        self.check_index(method, file)?;
        let known = self.live.files.get(file);
        let transferred = known.is_some_and(|file| file.is_transferred());
        let (reason, code) = match known {
            Some(file) if file.completed => {
                ("the file was made available already", HResult::BG_E_RECORD_DELETED)
            }
            _ if !transferred => ("the file is not wholly transferred yet", HResult::E_PENDING),
            _ => return Ok(()),
        };
        Err(Error::refused(method, reason, code, rule))
    }

    /// DONE-20: a file that is not valid is as if it had not been transferred; `Resume` fetches it
    /// again.
    pub(crate) fn declare(&mut self, file: FileIndex, valid: bool) {
        if valid {
            if let Some(file) = self.live.files.get_mut(file) {
                file.validated = true;
            }
            return;
        }
        self.restart(TransferItem::File(file));
        self.live.error.create(self.error_at(
            file,
            HResult::BG_E_VALIDATION_FAILED,
            ErrorContext::RemoteFile,
        ));
    }
}
