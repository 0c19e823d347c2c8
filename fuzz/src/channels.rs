//! Channels: reading ends, gives no more than the limit allows, and a lower limit only cuts off the
//! end.
//!
//! | bytes | meaning |
//! |---|---|
//! | 0 | bit 0: whether Brotli is known; the rest, times 64, is the lower limit |
//! | 1.. | data of the channel |

use alloy_primitives::Bytes;
use axos_protocol::ChannelReader;

/// The higher limit, in bytes: large enough for the bombs a small input can hold to be seen, and
/// small enough for many of them to be tried in a minute.
const LIMIT: u64 = 1 << 17;

/// Runs one input. Panics where the rules are broken.
pub(crate) fn run(input: &[u8]) {
    let Some((flags, data)) = input.split_first() else { return };
    let is_fjord = flags & 1 == 1;
    let data = Bytes::copy_from_slice(data);
    let whole = read(&data, is_fjord, LIMIT);
    let cut = read(&data, is_fjord, u64::from(flags >> 1) * 64);
    assert!(whole.starts_with(&cut), "a lower limit changes what comes before it");
    // What is read twice is the same.
    assert_eq!(read(&data, is_fjord, LIMIT), whole);
    // Decoding what came out never fails badly.
    if let Ok(mut reader) = ChannelReader::with_limit(data, is_fjord, LIMIT) {
        while reader.next_batch().is_some() {}
        assert!(reader.next_batch().is_none(), "a reader that ended goes on");
    }
}

fn read(data: &Bytes, is_fjord: bool, limit: u64) -> Vec<Bytes> {
    let Ok(mut reader) = ChannelReader::with_limit(data.clone(), is_fjord, limit) else {
        return Vec::new();
    };
    let mut batches = Vec::new();
    let mut bytes = 0;
    while let Some(batch) = reader.next_batch_bytes() {
        bytes += batch.len() as u64;
        assert!(bytes <= limit, "{bytes} bytes of batches within a limit of {limit}");
        batches.push(batch);
    }
    batches
}
