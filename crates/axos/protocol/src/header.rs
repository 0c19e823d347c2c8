//! The fields of L1 and L2 block headers that derivation reads.

use alloy_primitives::{B256, Bloom, Bytes, U256, keccak256};
use axos_genesis::{L1BlockRef, L1Number, L2Number};

use crate::rlp::{Items, Malformed};

/// What derivation reads from an L1 header.
///
/// Fields that later forks put behind the known ones are ignored, and the hash is always taken
/// over the bytes as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct L1Header {
    /// Block hash.
    pub hash: B256,
    /// Hash of the block below.
    pub parent_hash: B256,
    /// Root of the transactions trie.
    pub transactions_root: B256,
    /// Root of the receipts trie.
    pub receipts_root: B256,
    /// Filter over addresses and topics of all logs of the block.
    pub logs_bloom: Bloom,
    /// Block number.
    pub number: L1Number,
    /// Seconds since the Unix epoch.
    pub timestamp: u64,
    /// Randomness of the beacon chain.
    pub mix_hash: B256,
    /// Base fee per gas in wei; 0 before London.
    pub base_fee: U256,
    /// Excess blob gas; `None` before Cancun.
    pub excess_blob_gas: Option<u64>,
    /// Root of the parent beacon block; `None` before Cancun.
    pub parent_beacon_block_root: Option<B256>,
}

/// What derivation reads from an L2 header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct L2Header {
    /// Block hash.
    pub hash: B256,
    /// Hash of the block below.
    pub parent_hash: B256,
    /// Root of the state trie.
    pub state_root: B256,
    /// Root of the transactions trie.
    pub transactions_root: B256,
    /// Block number.
    pub number: L2Number,
    /// Gas limit.
    pub gas_limit: u64,
    /// Seconds since the Unix epoch.
    pub timestamp: u64,
    /// Extra data; base fee parameters from Holocene on.
    pub extra_data: Bytes,
}

/// A field of a block header is missing or not of its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("field `{field}` of the block header is malformed")]
pub struct HeaderError {
    /// Name of the field; `header` if there is no list at all.
    pub field: &'static str,
}

impl L1Header {
    /// Reads a header whose hash the caller has checked.
    ///
    /// # Errors
    /// [`HeaderError`] if a field is missing or malformed.
    pub fn decode(hash: B256, rlp: &[u8]) -> Result<Self, HeaderError> {
        let mut fields = Fields::of(rlp)?;
        let parent_hash = fields.read("parent_hash", Items::hash)?;
        fields.skip(&["ommers_hash", "beneficiary", "state_root"])?;
        let transactions_root = fields.read("transactions_root", Items::hash)?;
        let receipts_root = fields.read("receipts_root", Items::hash)?;
        let logs_bloom = fields.read("logs_bloom", |items| items.array().map(Bloom::from))?;
        fields.skip(&["difficulty"])?;
        let number = L1Number(fields.read("number", Items::u64)?);
        fields.skip(&["gas_limit", "gas_used"])?;
        let timestamp = fields.read("timestamp", Items::u64)?;
        fields.skip(&["extra_data"])?;
        let mix_hash = fields.read("mix_hash", Items::hash)?;
        fields.skip(&["nonce"])?;
        let base_fee = fields.read_if_any("base_fee_per_gas", u256)?;
        fields.skip_if_any("withdrawals_root")?;
        fields.skip_if_any("blob_gas_used")?;
        let excess_blob_gas = fields.read_if_any("excess_blob_gas", Items::u64)?;
        let parent_beacon_block_root =
            fields.read_if_any("parent_beacon_block_root", Items::hash)?;
        Ok(Self {
            hash,
            parent_hash,
            transactions_root,
            receipts_root,
            logs_bloom,
            number,
            timestamp,
            mix_hash,
            base_fee: base_fee.unwrap_or_default(),
            excess_blob_gas,
            parent_beacon_block_root,
        })
    }

    /// Reads a header and hashes it.
    ///
    /// # Errors
    /// As for [`L1Header::decode`].
    pub fn decode_and_hash(rlp: &[u8]) -> Result<Self, HeaderError> {
        Self::decode(keccak256(rlp), rlp)
    }

    /// The block's reference.
    pub const fn block_ref(&self) -> L1BlockRef {
        L1BlockRef {
            hash: self.hash,
            number: self.number,
            parent_hash: self.parent_hash,
            timestamp: self.timestamp,
        }
    }
}

impl L2Header {
    /// Reads a header whose hash the caller has checked.
    ///
    /// # Errors
    /// [`HeaderError`] if a field is missing or malformed.
    pub fn decode(hash: B256, rlp: &[u8]) -> Result<Self, HeaderError> {
        let mut fields = Fields::of(rlp)?;
        let parent_hash = fields.read("parent_hash", Items::hash)?;
        fields.skip(&["ommers_hash", "beneficiary"])?;
        let state_root = fields.read("state_root", Items::hash)?;
        let transactions_root = fields.read("transactions_root", Items::hash)?;
        fields.skip(&["receipts_root", "logs_bloom", "difficulty"])?;
        let number = L2Number(fields.read("number", Items::u64)?);
        let gas_limit = fields.read("gas_limit", Items::u64)?;
        fields.skip(&["gas_used"])?;
        let timestamp = fields.read("timestamp", Items::u64)?;
        let extra_data = fields.read("extra_data", Items::string)?;
        let extra_data = Bytes::copy_from_slice(extra_data);
        Ok(Self {
            hash,
            parent_hash,
            state_root,
            transactions_root,
            number,
            gas_limit,
            timestamp,
            extra_data,
        })
    }

    /// Reads a header and hashes it.
    ///
    /// # Errors
    /// As for [`L2Header::decode`].
    pub fn decode_and_hash(rlp: &[u8]) -> Result<Self, HeaderError> {
        Self::decode(keccak256(rlp), rlp)
    }
}

/// The next item, which must be an integer of up to 256 bits.
fn u256(items: &mut Items<'_>) -> Result<U256, Malformed> {
    U256::try_from_be_slice(items.integer()?).ok_or(Malformed)
}

/// The fields of a header that have not been read yet.
struct Fields<'a>(Items<'a>);

impl<'a> Fields<'a> {
    fn of(rlp: &'a [u8]) -> Result<Self, HeaderError> {
        Items::of(rlp).map(Self).map_err(|Malformed| HeaderError { field: "header" })
    }

    fn read<T>(
        &mut self,
        field: &'static str,
        read: impl FnOnce(&mut Items<'a>) -> Result<T, Malformed>,
    ) -> Result<T, HeaderError> {
        read(&mut self.0).map_err(|Malformed| HeaderError { field })
    }

    /// Reads a field that only later forks have.
    fn read_if_any<T>(
        &mut self,
        field: &'static str,
        read: impl FnOnce(&mut Items<'a>) -> Result<T, Malformed>,
    ) -> Result<Option<T>, HeaderError> {
        if self.0.is_empty() { Ok(None) } else { self.read(field, read).map(Some) }
    }

    fn skip(&mut self, fields: &[&'static str]) -> Result<(), HeaderError> {
        fields.iter().try_for_each(|field| self.read(field, Items::next).map(drop))
    }

    fn skip_if_any(&mut self, field: &'static str) -> Result<(), HeaderError> {
        self.read_if_any(field, Items::next).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use alloc::{vec, vec::Vec};

    use alloy_consensus::Header;
    use alloy_primitives::{Address, B64};
    use alloy_rlp::Encodable;

    use super::*;

    /// A header with every field that is known, each with a value of its own.
    fn header() -> Header {
        Header {
            parent_hash: B256::repeat_byte(1),
            ommers_hash: B256::repeat_byte(2),
            beneficiary: Address::repeat_byte(3),
            state_root: B256::repeat_byte(4),
            transactions_root: B256::repeat_byte(5),
            receipts_root: B256::repeat_byte(6),
            logs_bloom: Bloom::repeat_byte(7),
            difficulty: U256::ZERO,
            number: 11_856_337,
            gas_limit: 60_000_000,
            gas_used: 21_000,
            timestamp: 1_791_294_816,
            extra_data: Bytes::from_static(b"extra"),
            mix_hash: B256::repeat_byte(8),
            nonce: B64::ZERO,
            base_fee_per_gas: Some(1_000_000_007),
            withdrawals_root: Some(B256::repeat_byte(9)),
            blob_gas_used: Some(131_072),
            excess_blob_gas: Some(393_216),
            parent_beacon_block_root: Some(B256::repeat_byte(10)),
            requests_hash: Some(B256::repeat_byte(11)),
            ..Header::default()
        }
    }

    fn rlp(header: &Header) -> Vec<u8> {
        let mut out = Vec::new();
        header.encode(&mut out);
        out
    }

    fn check_l1(header: &Header) {
        let bytes = rlp(header);
        let expect = L1Header {
            hash: header.hash_slow(),
            parent_hash: header.parent_hash,
            transactions_root: header.transactions_root,
            receipts_root: header.receipts_root,
            logs_bloom: header.logs_bloom,
            number: L1Number(header.number),
            timestamp: header.timestamp,
            mix_hash: header.mix_hash,
            base_fee: header.base_fee_per_gas.map(U256::from).unwrap_or_default(),
            excess_blob_gas: header.excess_blob_gas,
            parent_beacon_block_root: header.parent_beacon_block_root,
        };
        assert_eq!(L1Header::decode_and_hash(&bytes), Ok(expect));
    }

    #[test]
    fn headers_of_every_l1_fork_are_read() {
        let prague = header();
        let cancun = Header { requests_hash: None, ..prague.clone() };
        let shanghai = Header {
            blob_gas_used: None,
            excess_blob_gas: None,
            parent_beacon_block_root: None,
            ..cancun.clone()
        };
        let london = Header { withdrawals_root: None, ..shanghai.clone() };
        let berlin = Header { base_fee_per_gas: None, ..london.clone() };
        for header in [prague, cancun, shanghai, london, berlin] {
            check_l1(&header);
        }
    }

    #[test]
    fn amsterdam_header_is_read_and_hashed_whole() {
        let amsterdam = Header {
            block_access_list_hash: Some(B256::repeat_byte(12)),
            slot_number: Some(13_000_000),
            ..header()
        };
        check_l1(&amsterdam);
    }

    #[test]
    fn fields_of_later_forks_are_hashed_but_ignored() {
        let bytes = rlp(&header());
        let (items, _) = Items::split(&bytes).unwrap();
        let payload = [items.rest(), &[0x84, 1, 2, 3, 4], &[0xc1, 0x80]].concat();
        let mut longer = vec![];
        crate::rlp::put_list_header(&mut longer, payload.len());
        longer.extend(payload);
        let expect = L1Header::decode(keccak256(&longer), &bytes);
        assert_eq!(L1Header::decode_and_hash(&longer), expect);
    }

    #[test]
    fn l2_header_is_read() {
        let header = header();
        let expect = L2Header {
            hash: header.hash_slow(),
            parent_hash: header.parent_hash,
            state_root: header.state_root,
            transactions_root: header.transactions_root,
            number: L2Number(header.number),
            gas_limit: header.gas_limit,
            timestamp: header.timestamp,
            extra_data: header.extra_data.clone(),
        };
        assert_eq!(L2Header::decode_and_hash(&rlp(&header)), Ok(expect));
    }

    #[test]
    fn malformed_field_is_named() {
        let bytes = rlp(&header());
        let check = |bytes: &[u8], field| {
            assert_eq!(L1Header::decode(B256::ZERO, bytes), Err(HeaderError { field }));
        };
        check(&bytes[..bytes.len() - 1], "header");
        check(&[0x80], "header");
        check(&[0xc0], "parent_hash");
        check(&[0xc1, 0x80], "parent_hash");
        let mut no_bloom = bytes;
        // The header of the bloom filter follows six fields of 33 bytes but one of 21.
        let at = 3 + 5 * 33 + 21;
        assert_eq!(&no_bloom[at..at + 3], &[0xb9, 1, 0]);
        no_bloom[at] = 0xf9;
        check(&no_bloom, "logs_bloom");
    }
}
