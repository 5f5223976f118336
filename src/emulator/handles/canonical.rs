//! The canonical state of an emulator, by which searches over programs know where they were.

use std::hash::Hasher;

use super::emulator::Emulator;

impl Emulator {
    /// Adds to a hasher all that decides the future of the emulated computer, and all that clients can read.
    /// A search over what may happen need not go on from a state whose hash it has seen.
    ///
    /// Emulators that came to one state by different ways have the same hash: traces, logs and counters
    /// count for nothing, nor in how many pieces bytes arrived. What clients hold counts as it is: ids of
    /// jobs, numbers of processes, and the instant of the clock.
    ///
    /// As before anything that is read, the bytes that have arrived are counted first.
    ///
    /// Code of clients and tests is none of it: which callbacks are registered is a part, and what they do
    /// is not. Nor are the [chooser](Self::set_chooser), which handles there are, real time, and the files
    /// of a disk in a real directory.
    ///
    /// ```
    /// use std::hash::{DefaultHasher, Hasher};
    /// use bits_emulator::{Emulator, JobType, User};
    ///
    /// fn hash(emulator: &Emulator) -> u64 {
    ///     let mut hasher = DefaultHasher::new();
    ///     emulator.hash_state(&mut hasher);
    ///     hasher.finish()
    /// }
    ///
    /// let emulator = Emulator::new();
    /// let job = emulator.connect(User::new("alice")).create_job("update", JobType::Download)?;
    /// let (copy, before) = (emulator.fork(), hash(&emulator));
    /// assert_eq!(hash(&copy), before);
    ///
    /// // A call that is refused leaves no trace but in the trace.
    /// assert!(job.resume().is_err());
    /// assert_eq!(hash(&emulator), before);
    /// job.add_file("https://example.com/app.exe", r"C:\app\app.exe")?;
    /// assert_ne!(hash(&emulator), before);
    /// # Ok::<(), bits_emulator::Error>(())
    /// ```
    pub fn hash_state(&self, hasher: &mut impl Hasher) {
        self.observe(|engine| {
            engine.flush_all_progress();
            engine.hash_canonical(hasher);
        });
    }
}
