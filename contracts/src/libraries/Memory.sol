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
    function readLeaf(
        LeafProof _proof,
        VmState _state,
        uint64 _address
    )
        internal
        pure
        returns (uint256 leaf_)
    {
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
    ///      The node goes to 0x00 or 0x20, its sibling to the other: that place is the bit itself, once
    ///      the address is shifted to where it counts 0x20. Three levels come first, then seven rounds
    ///      of eight, since each turn of a loop costs half as much as a level. Only bits 5 to 63 of the
    ///      address are looked at.
    function rootWith(LeafProof _proof, uint64 _address, uint256 _leaf)
        internal
        pure
        returns (bytes32 node_)
    {
        uint256 length = Merkle.PROOF_BYTES;
        assembly ("memory-safe") {
            function parent(node, path, sibling) -> hash {
                let place := and(path, 0x20)
                mstore(place, node)
                mstore(xor(place, 0x20), sibling)
                hash := keccak256(0x00, 0x40)
            }

            node_ := parent(_leaf, _address, calldataload(add(_proof, 0x20)))
            node_ := parent(node_, shr(1, _address), calldataload(add(_proof, 0x40)))
            node_ := parent(node_, shr(2, _address), calldataload(add(_proof, 0x60)))
            let path := shr(3, _address)
            let cursor := add(_proof, 0x80)
            for { let end := add(_proof, length) } lt(cursor, end) { cursor := add(cursor, 0x100) } {
                node_ := parent(node_, path, calldataload(cursor))
                node_ := parent(node_, shr(1, path), calldataload(add(cursor, 0x20)))
                node_ := parent(node_, shr(2, path), calldataload(add(cursor, 0x40)))
                node_ := parent(node_, shr(3, path), calldataload(add(cursor, 0x60)))
                node_ := parent(node_, shr(4, path), calldataload(add(cursor, 0x80)))
                node_ := parent(node_, shr(5, path), calldataload(add(cursor, 0xa0)))
                node_ := parent(node_, shr(6, path), calldataload(add(cursor, 0xc0)))
                node_ := parent(node_, shr(7, path), calldataload(add(cursor, 0xe0)))
                path := shr(8, path)
            }
        }
    }

    /// @notice At most 8 bytes at an address, which may lie in two leaves, as a number.
    /// @dev `window = the bytes of both leaves from _address on`
    ///      `value = little-endian window[0 .. _size]`
    function load(
        LeafProof _proof,
        VmState _state,
        uint64 _address,
        uint256 _size
    )
        internal
        pure
        returns (uint64)
    {
        unchecked {
            uint256 offset = leafOffset(_address);
            uint256 window = readLeaf(_proof, _state, _address) << (8 * offset);
            uint256 left = Merkle.LEAF_BYTES - offset;
            if (_size > left) {
                window |= readLeaf(next(_proof), _state, _address + uint64(left)) >> (8 * left);
            }
            return number(window, _size);
        }
    }

    /// @notice Stores the low bytes of a number, at most 8, which may lie in two leaves.
    /// @dev `memory[_address .. _address + _size] = little-endian _value`
    function store(
        LeafProof _proof,
        VmState _state,
        uint64 _address,
        uint256 _size,
        uint64 _value
    )
        internal
        pure
    {
        storeBytes(_proof, _state, _address, _size, littleEndian(_value, _size));
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
            uint256 leaf = readLeaf(_proof, _state, _address);
            writeLeaf(_proof, _state, _address, patch(leaf, _address, _size, _content));
            uint256 left = Merkle.LEAF_BYTES - leafOffset(_address);
            if (_size > left) {
                // The rest stands at the beginning of the next leaf.
                uint64 rest = _address + uint64(left);
                leaf = readLeaf(next(_proof), _state, rest);
                leaf = patch(leaf, rest, _size - left, _content << (8 * left));
                writeLeaf(next(_proof), _state, rest, leaf);
            }
        }
    }

    /// @notice A leaf of which the bytes at an address are replaced.
    /// @param _content The bytes, at the upper end of the word; zeros below.
    function patch(
        uint256 _leaf,
        uint64 _address,
        uint256 _size,
        uint256 _content
    )
        internal
        pure
        returns (uint256)
    {
        unchecked {
            uint256 shift = 8 * leafOffset(_address);
            return (_leaf & ~(upperBytes(_size) >> shift)) | (_content >> shift);
        }
    }

    /// @notice The number in the upper bytes of a word, at most 8, the lowest byte first.
    function number(uint256 _window, uint256 _size) internal pure returns (uint64) {
        return swapBytes(uint64((_window & upperBytes(_size)) >> 192));
    }

    /// @notice The low bytes of a number, at most 8, at the upper end of a word, the lowest first.
    function littleEndian(uint64 _number, uint256 _size) internal pure returns (uint256) {
        return (uint256(swapBytes(_number)) << 192) & upperBytes(_size);
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
}
