//! System calls of the model.

use super::Model;

/// Registers of arguments and results.
const A0: u8 = 10;
const A1: u8 = 11;
const A2: u8 = 12;
const A3: u8 = 13;
const A4: u8 = 14;
/// Register of the number.
const A7: u8 = 17;

/// Result of a call that failed.
const FAILED: u64 = u64::MAX;
/// No such file.
const BAD_FILE: u64 = 0x4d;

impl Model {
    /// Does the call in the registers.
    pub(super) fn system_call(&mut self) -> Result<(), u64> {
        let [a0, a1, a2, a3, a4] = [A0, A1, A2, A3, A4].map(|register| self.read(register));
        let (value, error) = match self.read(A7) {
            93 | 94 => {
                self.exit = Some(a0.to_le_bytes()[0]);
                return Ok(());
            }
            101 | 261 | 422 => return Err(0xf001_ca11),
            214 => (0x4000_0000, 0),
            222 => self.map(a0, a1, a3, a4),
            63 => match a0 {
                0 => (0, 0),
                3 => (a2, 0),
                5 => self.read_preimage(a1, a2)?,
                _ => (FAILED, BAD_FILE),
            },
            64 => match a0 {
                1 | 2 | 4 => (a2, 0),
                6 => self.write_key(a1, a2),
                _ => (FAILED, BAD_FILE),
            },
            25 => match (a1, a0) {
                (1, 0..=6) | (3, 0 | 3 | 5) => (0, 0),
                (3, 1 | 2 | 4 | 6) => (1, 0),
                (1 | 3, _) => (FAILED, BAD_FILE),
                _ => (FAILED, 0x16),
            },
            56 => (FAILED, 0x0d),
            113 => self.store_pair(a1, 1337, 42),
            163 if a0 == 7 => self.store_pair(a1, 1024, 1024),
            163 => return Err(0xf_0012),
            220 => (1, 0),
            _ => (0, 0),
        };
        self.write(A0, value);
        self.write(A1, error);
        Ok(())
    }

    fn map(&mut self, address: u64, length: u64, flags: u64, file: u64) -> (u64, u64) {
        if flags & 0x20 == 0 || file != u64::MAX {
            return (FAILED, BAD_FILE);
        }
        if address != 0 {
            return (address, 0);
        }
        let start = self.heap;
        let pages = length.div_ceil(4096);
        self.heap = start.wrapping_add(pages.wrapping_mul(4096));
        (start, 0)
    }

    fn store_pair(&mut self, address: u64, first: u64, second: u64) -> (u64, u64) {
        self.store(address, first, 8);
        self.store(address.wrapping_add(8), second, 8);
        (0, 0)
    }

    fn read_preimage(&mut self, address: u64, count: u64) -> Result<(u64, u64), u64> {
        let length = self.preimage.len() as u64;
        if self.preimage_offset >= length {
            return Err(0xbadf_00d0);
        }
        let rest = length - self.preimage_offset;
        let count = count.min(32 - address % 32).min(rest).min(32);
        for at in 0..count {
            let from = usize::try_from(self.preimage_offset + at).expect("it is in the pre-image");
            self.memory.insert(address + at, self.preimage[from]);
        }
        self.preimage_offset += count;
        Ok((count, 0))
    }

    fn write_key(&mut self, address: u64, count: u64) -> (u64, u64) {
        let count = count.min(32 - address % 32);
        for at in 0..count {
            self.preimage_key.rotate_left(1);
            self.preimage_key[31] = self.byte(address + at);
        }
        self.preimage_offset = 0;
        (count, 0)
    }
}
