use super::{L2StateProvider, StateDb, StateError};
use alloc::{collections::BTreeMap, vec, vec::Vec};
use alloy_consensus::TrieAccount;
use alloy_primitives::{Address, B256, Bytes, U256, keccak256};
use kona_mpt::{EMPTY_ROOT, NodeSource, Trie};
use kona_preimage::{OracleError, PreimageKey};
use revm::{
    Database,
    state::{Account, AccountInfo, Bytecode, EvmStorageSlot},
};

/// Values by their hash.
#[derive(Debug, Default)]
struct Preimages(BTreeMap<B256, Vec<u8>>);

impl Preimages {
    fn read(&self, hash: B256) -> Result<&[u8], OracleError> {
        let key = PreimageKey::keccak256(hash);
        self.0.get(&hash).map(Vec::as_slice).ok_or(OracleError::Missing { key })
    }

    fn insert(&mut self, bytes: Vec<u8>) -> B256 {
        let hash = keccak256(&bytes);
        self.0.insert(hash, bytes);
        hash
    }

    /// A trie of one key: a single leaf.
    fn insert_leaf(&mut self, key: B256, value: Vec<u8>) -> B256 {
        let path = Bytes::from([&[0x20], key.as_slice()].concat());
        self.insert(alloy_rlp::encode(vec![path, Bytes::from(value)]))
    }
}

impl<'a> NodeSource<'a> for &'a Preimages {
    fn node(&self, hash: B256) -> Result<&'a [u8], OracleError> {
        self.read(hash)
    }
}

impl<'a> L2StateProvider<'a> for &'a Preimages {
    fn code(&self, hash: B256) -> Result<&'a [u8], OracleError> {
        self.read(hash)
    }

    fn header(&self, hash: B256) -> Result<&'a [u8], OracleError> {
        self.read(hash)
    }
}

const ADDRESS: Address = Address::repeat_byte(0xad);
const SLOT: U256 = U256::from_limbs([7, 0, 0, 0]);

/// A state of one account with one slot, whose value is given in RLP.
fn one_account(slot_rlp: Vec<u8>) -> (Preimages, B256, TrieAccount) {
    let mut preimages = Preimages::default();
    let code_hash = preimages.insert(vec![0x5b, 0x00]);
    let storage_root = preimages.insert_leaf(keccak256(B256::from(SLOT)), slot_rlp);
    let account = TrieAccount { nonce: 1, balance: U256::from(5), storage_root, code_hash };
    let root = preimages.insert_leaf(keccak256(ADDRESS), alloy_rlp::encode(account));
    (preimages, root, account)
}

fn state(preimages: &Preimages, root: B256) -> StateDb<'_, &Preimages> {
    StateDb::new(preimages, root, 10, B256::ZERO)
}

fn root_of(account: TrieAccount) -> B256 {
    let mut trie = Trie::empty();
    let preimages = Preimages::default();
    trie.insert(keccak256(ADDRESS).as_slice(), &alloy_rlp::encode(account), &&preimages).unwrap();
    trie.root()
}

#[test]
fn accounts_slots_and_code_are_read_from_the_tries() {
    let (preimages, root, account) = one_account(alloy_rlp::encode(U256::from(9)));
    let mut state = state(&preimages, root);
    let info = state.basic(ADDRESS).unwrap().unwrap();
    assert_eq!((info.nonce, info.balance, info.code_hash), (1, U256::from(5), account.code_hash));
    assert_eq!(state.storage(ADDRESS, SLOT), Ok(U256::from(9)));
    assert_eq!(state.storage(ADDRESS, U256::from(8)), Ok(U256::ZERO));
    let code = state.code_by_hash(info.code_hash).unwrap();
    assert_eq!(code.original_byte_slice(), [0x5b, 0x00]);
    assert_eq!(state.basic(Address::ZERO), Ok(None));
    assert_eq!(state.storage(Address::ZERO, SLOT), Ok(U256::ZERO));
    assert_eq!(state.storage_root(ADDRESS), Ok(account.storage_root));
    assert_eq!(state.storage_root(Address::ZERO), Ok(EMPTY_ROOT));
}

#[test]
fn a_value_that_is_no_word_is_an_error() {
    for rlp in [vec![], vec![0x00], vec![0x81, 0x01], vec![0x05, 0x05], vec![0xc0]] {
        let (preimages, root, _) = one_account(rlp.clone());
        let result = state(&preimages, root).storage(ADDRESS, SLOT);
        // A leaf without a value is refused by the trie itself.
        assert!(matches!(result, Err(StateError::Slot { .. } | StateError::Trie(_))), "{rlp:?}");
    }
}

#[test]
fn missing_code_is_an_error_of_the_oracle() {
    let (mut preimages, root, account) = one_account(vec![9]);
    preimages.0.remove(&account.code_hash);
    let key = PreimageKey::keccak256(account.code_hash);
    let error = StateError::Oracle(OracleError::Missing { key });
    assert_eq!(state(&preimages, root).code_by_hash(account.code_hash), Err(error));
}

#[test]
fn code_that_only_looks_like_a_delegation_is_plain_code() {
    let mut preimages = Preimages::default();
    let code = vec![0xef, 0x01, 0x00, 0x01];
    let hash = preimages.insert(code.clone());
    let analysed = state(&preimages, EMPTY_ROOT).code_by_hash(hash).unwrap();
    assert!(analysed.is_legacy());
    assert_eq!(analysed.original_byte_slice(), code);
}

/// What a transaction leaves: the account touched, with a balance and a slot.
fn touched(info: AccountInfo, slots: &[(U256, U256)]) -> Account {
    let mut account = Account::from(info);
    account.mark_touch();
    for (slot, value) in slots {
        account.storage.insert(*slot, EvmStorageSlot::new_changed(U256::MAX, *value, 0));
    }
    account
}

#[test]
fn changes_are_seen_at_once_and_sealed_or_dropped_together() {
    let (preimages, root, account) = one_account(alloy_rlp::encode(U256::from(9)));
    let mut state = state(&preimages, root);
    let info = state.basic(ADDRESS).unwrap().unwrap();
    assert_eq!(state.storage(ADDRESS, SLOT), Ok(U256::from(9)));

    let richer = AccountInfo { balance: U256::from(6), ..info };
    let change = touched(richer, &[(SLOT, U256::from(4))]);
    state.apply([(ADDRESS, change.clone())].into_iter().collect()).unwrap();
    assert_eq!(state.basic(ADDRESS).unwrap().unwrap().balance, U256::from(6));
    assert_eq!(state.storage(ADDRESS, SLOT), Ok(U256::from(4)));

    state.discard();
    assert_eq!(state.basic(ADDRESS).unwrap().unwrap().balance, U256::from(5));
    assert_eq!(state.storage(ADDRESS, SLOT), Ok(U256::from(9)));
    assert_eq!(state.commit(), Ok(root));

    state.apply([(ADDRESS, change)].into_iter().collect()).unwrap();
    let sealed = state.commit().unwrap();
    let mut storage = Trie::empty();
    storage.insert(keccak256(B256::from(SLOT)).as_slice(), &[4], &&preimages).unwrap();
    let storage_root = storage.root();
    assert_eq!(sealed, root_of(TrieAccount { balance: U256::from(6), storage_root, ..account }));
    assert_eq!(state.storage_root(ADDRESS), Ok(storage_root));
    assert_eq!(state.storage(ADDRESS, SLOT), Ok(U256::from(4)));
}

#[test]
fn accounts_that_were_only_read_are_left_alone() {
    let (preimages, root, _) = one_account(vec![9]);
    let mut state = state(&preimages, root);
    let info = state.basic(ADDRESS).unwrap().unwrap();
    let read = Account::from(AccountInfo { balance: U256::from(99), ..info });
    state.apply([(ADDRESS, read)].into_iter().collect()).unwrap();
    assert_eq!(state.commit(), Ok(root));
}

#[test]
fn new_code_needs_no_provider() {
    let preimages = Preimages::default();
    let mut state = state(&preimages, EMPTY_ROOT);
    let code = Bytecode::new_legacy(vec![0x60, 0x00].into());
    let hash = code.hash_slow();
    state.basic(ADDRESS).unwrap();
    let mut created = touched(AccountInfo::default(), &[]);
    created.info = AccountInfo::new(U256::ZERO, 1, hash, code.clone());
    created.mark_created();
    state.apply([(ADDRESS, created)].into_iter().collect()).unwrap();
    assert_eq!(state.code_by_hash(hash), Ok(code.clone()));
    state.commit().unwrap();
    assert_eq!(state.code_by_hash(hash), Ok(code));
}

#[test]
fn a_failed_commit_leaves_the_old_state() {
    // Two accounts under one branch; deleting the one has to read the other, which is missing.
    let mut preimages = Preimages::default();
    let (mut trie, source) = (Trie::empty(), Preimages::default());
    let account = TrieAccount { balance: U256::from(5), ..Default::default() };
    let other = Address::repeat_byte(0x11);
    let (key, other_key) = (keccak256(ADDRESS), keccak256(other));
    assert_ne!(key[0] >> 4, other_key[0] >> 4);
    let leaf = |key: B256, preimages: &mut Preimages| {
        // A leaf one nibble below the root has an odd path.
        let mut path = key.0;
        path[0] = 0x30 | (path[0] & 0x0f);
        let path = Bytes::copy_from_slice(&path);
        preimages.insert(alloy_rlp::encode(vec![path, alloy_rlp::encode(account).into()]))
    };
    let (here, there) = (leaf(key, &mut preimages), leaf(other_key, &mut preimages));
    let mut children = vec![Bytes::new(); 17];
    children[usize::from(key[0] >> 4)] = here.into();
    children[usize::from(other_key[0] >> 4)] = there.into();
    let root = preimages.insert(alloy_rlp::encode(children));
    for key in [key, other_key] {
        trie.insert(key.as_slice(), &alloy_rlp::encode(account), &&source).unwrap();
    }
    assert_eq!(trie.root(), root);

    preimages.0.remove(&there);
    let mut state = state(&preimages, root);
    let info = state.basic(ADDRESS).unwrap().unwrap();
    let new = Address::repeat_byte(0x77);
    state.basic(new).unwrap_or_default();
    let mut gone = touched(info.clone(), &[]);
    gone.mark_selfdestruct();
    state.apply([(ADDRESS, gone)].into_iter().collect()).unwrap();
    assert!(matches!(state.commit(), Err(StateError::Trie(_))));
    assert_eq!(state.basic(ADDRESS), Ok(Some(info)));
    assert_eq!(state.commit(), Ok(root));
}
