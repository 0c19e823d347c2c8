//! Deposits: their encoding, and what logs they come from.

use crate::{
    receipt::Log,
    rlp,
    rule::{Hits, Rule},
};
use alloy_primitives::{Address, B256, Bytes, U256, b256, keccak256};

/// Hash of `TransactionDeposited(address,address,uint256,bytes)`.
pub const DEPOSIT_TOPIC: B256 =
    b256!("b3813568d9991fc951961fcb4c784893574240a28925604d09fc577c55bb7c32");

/// A transaction that L1 puts into L2.
///
/// Spec: protocol/deposits.md#the-deposited-transaction-type
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deposit {
    /// What it comes from.
    pub source_hash: B256,
    /// Sender.
    pub from: Address,
    /// Receiver; none creates a contract.
    pub to: Option<Address>,
    /// Ether that appears on L2, in wei.
    pub mint: U256,
    /// Ether that is sent, in wei.
    pub value: U256,
    /// Gas limit.
    pub gas: u64,
    /// Whether it takes no gas of the block. Never from Regolith on.
    pub is_system: bool,
    /// Calldata or code.
    pub data: Bytes,
}

/// The EIP-2718 form of a deposit.
pub fn encode_deposit(deposit: &Deposit) -> Bytes {
    let mut fields = Vec::new();
    rlp::put_bytes(&mut fields, deposit.source_hash.as_slice());
    rlp::put_bytes(&mut fields, deposit.from.as_slice());
    rlp::put_bytes(&mut fields, deposit.to.as_ref().map_or(&[], |to| to.as_slice()));
    rlp::put_number(&mut fields, &deposit.mint.to_be_bytes::<32>());
    rlp::put_number(&mut fields, &deposit.value.to_be_bytes::<32>());
    rlp::put_u64(&mut fields, deposit.gas);
    rlp::put_u64(&mut fields, u64::from(deposit.is_system));
    rlp::put_bytes(&mut fields, &deposit.data);
    let mut out = vec![0x7e];
    rlp::put_list(&mut out, &fields);
    out.into()
}

/// Reads what [`encode_deposit`] wrote.
pub fn decode_deposit(bytes: &[u8]) -> Option<Deposit> {
    let (item, rest) = rlp::split(bytes.strip_prefix(&[0x7e])?)?;
    let fields = item.list().filter(|_| rest.is_empty())?;
    let &[source_hash, from, to, mint, value, gas, is_system, data] = &fields[..] else {
        return None;
    };
    Some(Deposit {
        source_hash: source_hash.hash()?,
        from: from.address()?,
        to: if to.bytes()?.is_empty() { None } else { Some(to.address()?) },
        mint: mint.u256()?,
        value: value.u256()?,
        gas: gas.u64()?,
        is_system: is_system.u64()? == 1,
        data: data.bytes()?.to_vec().into(),
    })
}

/// Source hash of a kind of deposit.
///
/// Spec: protocol/deposits.md#source-hash-computation
pub fn source_hash(domain: u8, payload: &[u8]) -> B256 {
    let domain = U256::from(domain).to_be_bytes::<32>();
    keccak256([&domain, keccak256(payload).as_slice()].concat())
}

/// The deposits among the logs of an L1 block, or the reason why one can't be read.
///
/// Spec: protocol/deposits.md#user-deposited-transactions
pub fn user_deposits(
    deposit_contract: Address,
    l1_hash: B256,
    logs: &[Log],
    hits: &mut Hits,
) -> Result<Vec<Bytes>, &'static str> {
    let mut deposits = Vec::new();
    for log in logs.iter().filter(|log| log.topics.first() == Some(&DEPOSIT_TOPIC)) {
        if log.address != deposit_contract {
            hits.hit(Rule::DepositForeign);
            continue;
        }
        let Some(deposit) = user_deposit(l1_hash, log) else {
            hits.hit(Rule::DepositMalformed);
            return Err("malformed deposit");
        };
        hits.hit(Rule::DepositLog);
        if deposit.to.is_none() {
            hits.hit(Rule::DepositCreation);
        }
        if deposit.mint.is_zero() {
            hits.hit(Rule::DepositNoMint);
        }
        deposits.push(encode_deposit(&deposit));
    }
    Ok(deposits)
}

fn user_deposit(l1_hash: B256, log: &Log) -> Option<Deposit> {
    let &[_, from, to, version] = &log.topics[..] else {
        return None;
    };
    let opaque = opaque_data(&log.data).filter(|_| version.is_zero())?;
    let (head, data) = opaque.split_at_checked(32 + 32 + 8 + 1)?;
    let index = U256::from(log.index).to_be_bytes::<32>();
    Some(Deposit {
        source_hash: source_hash(0, &[l1_hash.as_slice(), &index].concat()),
        from: Address::from_word(from),
        to: (head[72] == 0).then(|| Address::from_word(to)),
        mint: U256::from_be_slice(&head[..32]),
        value: U256::from_be_slice(&head[32..64]),
        gas: u64::from_be_bytes(head[64..72].try_into().ok()?),
        is_system: false,
        data: data.to_vec().into(),
    })
}

/// The one dynamic argument of the event: offset 32, length, content, and as little padding as
/// fills the last word.
fn opaque_data(data: &[u8]) -> Option<&[u8]> {
    let (offset, rest) = data.split_at_checked(32)?;
    let (length, content) = rest.split_at_checked(32)?;
    let length = usize::try_from(U256::from_be_slice(length)).ok()?;
    let is_padded = data.len().is_multiple_of(32) && length <= content.len();
    let is_right = is_padded && length.checked_add(32)? > content.len();
    (is_right && U256::from_be_slice(offset) == U256::from(32)).then(|| &content[..length])
}

/// The data of a deposit's log.
pub fn encode_opaque_data(opaque: &[u8]) -> Vec<u8> {
    let mut data = U256::from(32).to_be_bytes::<32>().to_vec();
    data.extend(U256::from(opaque.len()).to_be_bytes::<32>());
    data.extend(opaque);
    data.resize(data.len().next_multiple_of(32), 0);
    data
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topic_is_the_hash_of_the_event() {
        let event = "TransactionDeposited(address,address,uint256,bytes)";
        assert_eq!(DEPOSIT_TOPIC, keccak256(event));
    }

    #[test]
    fn deposit_is_read_back() {
        let deposit = Deposit { gas: 7, mint: U256::from(1), ..Deposit::default() };
        assert_eq!(decode_deposit(&encode_deposit(&deposit)), Some(deposit));
    }

    #[test]
    fn opaque_data_has_as_little_padding_as_can_be() {
        for length in [0, 1, 32, 33, 73] {
            let opaque = vec![7; length];
            let mut data = encode_opaque_data(&opaque);
            assert_eq!(opaque_data(&data), Some(&opaque[..]));
            data.extend([0; 32]);
            assert_eq!(opaque_data(&data), None);
            data.truncate(data.len() - 33);
            assert_eq!(opaque_data(&data), None);
        }
    }
}
