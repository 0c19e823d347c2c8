// SPDX-License-Identifier: MIT
pragma solidity 0.8.25;

import { Merkle, RevertCode } from "src/generated/Machine.sol";
import { VmState, revertWith } from "src/libraries/VmStates.sol";

/// @notice A leaf proof: the position of its 60 words in the calldata.
///
///         The first word is the content of the leaf, then come the siblings from the bottom up.
///         Words past the end of the calldata read as zeros, and prove nothing.
type LeafProof is uint256;

using Memory for LeafProof global;

/// @title Memory
/// @notice Memory by the proofs of its leaves. Mirrors `asterisc-state`, `merkle.rs`, and
///         `asterisc-step`, `access.rs`.
///
///         A leaf is 32 bytes, as one word: the byte at the lowest address is the most significant.
///         Addresses are modulo 2^64.
library Memory {
    /// @notice The proof after this one.
    function next(LeafProof _proof) internal pure returns (LeafProof) {
        unchecked {
            return LeafProof.wrap(LeafProof.unwrap(_proof) + Merkle.PROOF_BYTES);
        }
    }

    /// @notice The leaf that holds an address, once it is proven.
    /// @dev `require(rootWith(leaf) == state.memoryRoot)`.
    function readLeaf(LeafProof _proof, VmState _state, uint64 _address) internal pure returns (uint256 leaf_) {
        assembly ("memory-safe") {
            leaf_ := calldataload(_proof)
        }
        if (rootWith(_proof, _address, leaf_) != _state.memoryRoot()) revertWith(RevertCode.MEMORY_PROOF);
    }

    /// @notice Replaces the leaf that holds an address, which was read by the same proof.
    function writeLeaf(LeafProof _proof, VmState _state, uint64 _address, uint256 _leaf) internal pure {
        _state.setMemoryRoot(rootWith(_proof, _address, _leaf));
    }

    /// @notice The memory root where the leaf at an address is `_leaf`, and all else is as proven.
    /// @dev `node = _leaf`
    ///      `for level in 0 .. 59:`
    ///      `    sibling = proof[1 + level]`
    ///      `    node = keccak256(bit 5 + level of _address == 0 ? node ‖ sibling : sibling ‖ node)`
    ///
    ///      The node goes to 0x00 or 0x20, its sibling to the other: that is the bit itself, shifted
    ///      to where it counts 32. Three levels come first, then seven rounds of eight, since a
    ///      round costs as much to begin as half a level.
    function rootWith(LeafProof _proof, uint64 _address, uint256 _leaf) internal pure returns (bytes32 node_) {
        uint256 depth = Merkle.DEPTH;
        assembly ("memory-safe") {
            let path := _address
            node_ := _leaf
            let cursor := add(_proof, 0x20)
            for { let end := add(cursor, mul(depth, 0x20)) } lt(cursor, end) { cursor := add(cursor, 0x20) } {
                let side := and(path, 0x20)
                mstore(side, node_)
                mstore(xor(side, 0x20), calldataload(cursor))
                node_ := keccak256(0x00, 0x40)
                path := shr(1, path)
            }
        }
    }

    /// @notice At most 8 bytes at an address, which may lie in two leaves, as a number.
    /// @dev `window = the bytes of both leaves from _address on`
    ///      `value = little-endian window[0 .. _size]`
    function load(LeafProof _proof, VmState _state, uint64 _address, uint256 _size) internal pure returns (uint64) {
        unchecked {
            uint256 shift = 8 * leafOffset(_address);
            uint256 window = readLeaf(_proof, _state, _address) << shift;
            if (shift + 8 * _size > 256) {
                window |= readLeaf(next(_proof), _state, _lastByte(_address, _size)) >> (256 - shift);
            }
            return swapBytes(uint64(window >> (256 - 8 * _size)) << uint64(64 - 8 * _size));
        }
    }

    /// @notice Stores the low bytes of a number, at most 8, which may lie in two leaves.
    /// @dev `memory[_address .. _address + _size] = little-endian _value`
    function store(LeafProof _proof, VmState _state, uint64 _address, uint256 _size, uint64 _value) internal pure {
        uint256 content = uint256(swapBytes(_value)) << 192;
        storeBytes(_proof, _state, _address, _size, content & upperBytes(_size));
    }

    /// @notice Stores bytes, at most 32, which may lie in two leaves. The second leaf is proven against
    ///         the root that the first one leads to once it is written.
    /// @param _content The bytes, at the upper end of the word; zeros below.
    /// @dev `memory[_address .. _address + _size] = _content[0 .. _size]`
    function storeBytes(
        LeafProof _proof,
        VmState _state,
        uint64 _address,
        uint256 _size,
        uint256 _content
    )
        internal
        pure
    {
        unchecked {
            uint256 shift = 8 * leafOffset(_address);
            uint256 mask = upperBytes(_size);
            uint256 leaf = readLeaf(_proof, _state, _address);
            writeLeaf(_proof, _state, _address, (leaf & ~(mask >> shift)) | (_content >> shift));
            if (shift + 8 * _size > 256) {
                _proof = next(_proof);
                _address = _lastByte(_address, _size);
                shift = 256 - shift;
                leaf = readLeaf(_proof, _state, _address);
                writeLeaf(_proof, _state, _address, (leaf & ~(mask << shift)) | (_content << shift));
            }
        }
    }

    /// @notice Where in its leaf an address lies.
    function leafOffset(uint64 _address) internal pure returns (uint256) {
        return _address & (Merkle.LEAF_BYTES - 1);
    }

    /// @notice A mask of the upper bytes of a word, 0 to 32.
    function upperBytes(uint256 _count) internal pure returns (uint256) {
        unchecked {
            return ~(type(uint256).max >> (8 * _count));
        }
    }

    /// @notice The eight bytes of a word in reverse.
    function swapBytes(uint64 _value) internal pure returns (uint64) {
        uint256 value = _value;
        value = ((value & 0x00ff00ff00ff00ff) << 8) | ((value >> 8) & 0x00ff00ff00ff00ff);
        value = ((value & 0x0000ffff0000ffff) << 16) | ((value >> 16) & 0x0000ffff0000ffff);
        return uint64((value << 32) | (value >> 32));
    }

    /// @dev Address of the last of some bytes; wraps around at the top.
    function _lastByte(uint64 _address, uint256 _size) private pure returns (uint64) {
        unchecked {
            return _address + uint64(_size) - 1;
        }
    }
}
