//! Batcher transactions: the frames found are those a second, plain reader finds, and encoding them
//! gives the same bytes.

use alloy_primitives::Bytes;
use axos_protocol::{decode_frames, decode_shared_frames};

/// Longest payload of a frame, in bytes.
const DATA_BYTES_MAX: usize = 1_000_000;

/// Runs one input. Panics where the rules are broken.
pub(crate) fn run(input: &[u8]) {
    let decoded = decode_frames(input);
    let shared = decode_shared_frames(&Bytes::copy_from_slice(input));
    let expected = naive(input);
    assert_eq!(decoded.is_ok(), expected.is_some(), "{decoded:?}");
    assert_eq!(shared.is_ok(), expected.is_some());
    let (Ok(frames), Ok(shared), Some(expected)) = (decoded, shared, expected) else { return };

    let mut encoded = vec![0];
    for frame in &frames {
        frame.encode(&mut encoded).unwrap();
    }
    assert_eq!(encoded, input);
    let found: Vec<_> =
        frames.iter().map(|f| (f.channel_id.0, f.number, f.data.to_vec(), f.is_last)).collect();
    assert_eq!(found, expected);
    let found: Vec<_> =
        shared.iter().map(|f| (f.channel_id.0, f.number, f.data.to_vec(), f.is_last)).collect();
    assert_eq!(found, expected);
}

/// Channel id, number, payload, and whether the frame closes its channel.
type NaiveFrame = ([u8; 16], u16, Vec<u8>, bool);

fn naive(input: &[u8]) -> Option<Vec<NaiveFrame>> {
    let mut at = 1;
    let mut frames = Vec::new();
    if *input.first()? != 0 || input.len() == 1 {
        return None;
    }
    while at < input.len() {
        let id = input.get(at..at + 16)?.try_into().ok()?;
        let number = u16::from_be_bytes(input.get(at + 16..at + 18)?.try_into().ok()?);
        let length = u32::from_be_bytes(input.get(at + 18..at + 22)?.try_into().ok()?);
        let length = usize::try_from(length).ok().filter(|length| *length <= DATA_BYTES_MAX)?;
        let data = input.get(at + 22..at + 22 + length)?.to_vec();
        let is_last = match input.get(at + 22 + length)? {
            0 => false,
            1 => true,
            _ => return None,
        };
        frames.push((id, number, data, is_last));
        at += 23 + length;
    }
    Some(frames)
}
