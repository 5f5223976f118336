//! Writes logs in the native format: one chunk, elements without templates, every name where it is used.

use super::Written;

const FILE_HEADER: usize = 4_096;
const CHUNK: usize = 65_536;
const CHUNK_HEADER: usize = 512;

/// The file of some events.
pub(crate) fn file(events: &[Written]) -> Vec<u8> {
    let mut chunk = Chunk(vec![0; CHUNK_HEADER]);
    let mut last = CHUNK_HEADER;
    for (id, event) in (1_u64..).zip(events) {
        last = chunk.0.len();
        chunk.record(id, event);
    }
    let (count, end) = (events.len() as u64, chunk.0.len());
    chunk.put(0, b"ElfChnk\0");
    [1, count, 1, count].iter().enumerate().for_each(|(place, number)| {
        chunk.put(8 + 8 * place, &number.to_le_bytes());
    });
    [128, last as u32, end as u32].iter().enumerate().for_each(|(place, number)| {
        chunk.put(40 + 4 * place, &number.to_le_bytes());
    });
    assert!(end <= CHUNK, "a log of one chunk");
    chunk.0.resize(CHUNK, 0);

    let mut header = Chunk(vec![0; FILE_HEADER]);
    header.put(0, b"ElfFile\0");
    header.put(24, &(count + 1).to_le_bytes());
    header.put(32, &128_u32.to_le_bytes());
    [1_u16, 3, 4_096, 1].iter().enumerate().for_each(|(place, number)| {
        header.put(36 + 2 * place, &number.to_le_bytes());
    });
    [header.0, chunk.0].concat()
}

/// A chunk as far as it is written. Offsets of names count from its start.
struct Chunk(Vec<u8>);

impl Chunk {
    fn put(&mut self, at: usize, bytes: &[u8]) {
        self.0[at..at + bytes.len()].copy_from_slice(bytes);
    }

    fn add(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn record(&mut self, id: u64, event: &Written) {
        let start = self.0.len();
        self.add(b"\x2a\x2a\0\0\0\0\0\0");
        self.add(&id.to_le_bytes());
        self.add(&event.filetime().to_le_bytes());
        self.add(&[0x0f, 1, 1, 0]);
        self.open("Event", None);
        self.open("System", None);
        self.element("Provider", Some(("Name", event.provider)), "");
        self.element("EventID", None, &event.id.to_string());
        self.element("TimeCreated", Some(("SystemTime", &event.time)), "");
        self.close();
        self.open("EventData", None);
        for (name, value) in &event.data {
            self.element("Data", Some(("Name", name)), value);
        }
        self.close();
        self.close();
        self.add(&[0]);
        let size = (self.0.len() - start + 4) as u32;
        self.add(&size.to_le_bytes());
        self.put(start + 4, &size.to_le_bytes());
    }

    fn element(&mut self, name: &str, attribute: Option<(&str, &str)>, text: &str) {
        self.open(name, attribute);
        self.text(text);
        self.close();
    }

    fn open(&mut self, name: &str, attribute: Option<(&str, &str)>) {
        self.add(&[if attribute.is_some() { 0x41 } else { 0x01 }]);
        // The sizes of elements and of attribute lists are not needed to read them.
        self.add(&[0; 4]);
        self.name(name);
        if let Some((name, value)) = attribute {
            self.add(&[0; 4]);
            self.add(&[0x06]);
            self.name(name);
            self.text(value);
        }
        self.add(&[0x02]);
    }

    fn close(&mut self) {
        self.add(&[0x04]);
    }

    fn text(&mut self, text: &str) {
        if !text.is_empty() {
            let units: Vec<u16> = text.encode_utf16().collect();
            self.add(&[0x05, 0x01]);
            self.add(&(units.len() as u16).to_le_bytes());
            units.iter().for_each(|unit| self.add(&unit.to_le_bytes()));
        }
    }

    /// A reference to a name that stands right behind it.
    fn name(&mut self, name: &str) {
        let at = self.0.len() as u32 + 4;
        self.add(&at.to_le_bytes());
        self.add(&[0; 6]);
        self.add(&(name.len() as u16).to_le_bytes());
        name.encode_utf16().for_each(|unit| self.add(&unit.to_le_bytes()));
        self.add(&[0; 2]);
    }
}
