// SPDX-License-Identifier: MIT
pragma solidity 0.8.25;

import { Witness } from "src/generated/Machine.sol";

/// @notice The state of the machine: a pointer to the 362 bytes of its witness in memory.
type VmState is uint256;

using VmStates for VmState global;

/// @notice Ends the call with a code, as one big-endian word.
/// @dev `revert` with the bytes of `_code`.
function revertWith(uint256 _code) pure {
    assembly ("memory-safe") {
        mstore(0x00, _code)
        revert(0x00, 0x20)
    }
}

/// @title VmStates
/// @notice The state witness, field by field. Mirrors `asterisc-state`, `witness.rs` and `hart.rs`.
///
///         Offsets of the fields are those of `Witness`. All integers are big-endian, so a field of
///         eight bytes is the upper part of the word that starts where it does.
library VmStates {
    /// @notice Bytes set aside: the witness, and the rest of the word that starts at its last field.
    uint256 private constant ALLOCATED_BYTES = 0x1a0;

    /// @notice Copies the witness out of the calldata.
    /// @dev `state = calldata[_from .. _from + 362]`.
    function read(uint256 _from) internal pure returns (VmState state_) {
        uint256 length = Witness.BYTES;
        assembly ("memory-safe") {
            state_ := mload(0x40)
            mstore(0x40, add(state_, ALLOCATED_BYTES))
            calldatacopy(state_, _from, length)
        }
    }

    /// @notice Hash of the witness, its first byte replaced by the status of the machine.
    /// @dev `status = exited == 1 ? min(exitCode, 2) : 3`.
    ///      `hash = status ‖ keccak256(state)[1 .. 32]`.
    function hash(VmState _state) internal pure returns (bytes32 hash_) {
        uint256 status = 3;
        if (exited(_state) == 1) {
            status = exitCode(_state);
            if (status > 2) status = 2;
        }
        uint256 length = Witness.BYTES;
        assembly ("memory-safe") {
            hash_ := or(shl(248, status), shr(8, shl(8, keccak256(_state, length))))
        }
    }

    /// @notice Logs the witness, without topics.
    function log(VmState _state) internal {
        uint256 length = Witness.BYTES;
        assembly ("memory-safe") {
            log0(_state, length)
        }
    }

    /// @notice Root of memory.
    function memoryRoot(VmState _state) internal pure returns (bytes32) {
        return bytes32(_word(_state, Witness.MEMORY_ROOT));
    }

    /// @notice Replaces the root of memory.
    function setMemoryRoot(VmState _state, bytes32 _root) internal pure {
        _setWord(_state, Witness.MEMORY_ROOT, uint256(_root));
    }

    /// @notice Typed key of the pre-image being read, or being written.
    function preimageKey(VmState _state) internal pure returns (bytes32) {
        return bytes32(_word(_state, Witness.PREIMAGE_KEY));
    }

    /// @notice Replaces the key of the pre-image.
    function setPreimageKey(VmState _state, bytes32 _key) internal pure {
        _setWord(_state, Witness.PREIMAGE_KEY, uint256(_key));
    }

    /// @notice Next byte to read of the pre-image's 8-byte length and data.
    function preimageOffset(VmState _state) internal pure returns (uint64) {
        return _field(_state, Witness.PREIMAGE_OFFSET);
    }

    /// @notice Replaces the offset into the pre-image.
    function setPreimageOffset(VmState _state, uint64 _offset) internal pure {
        _setField(_state, Witness.PREIMAGE_OFFSET, _offset);
    }

    /// @notice Address of the next instruction.
    function pc(VmState _state) internal pure returns (uint64) {
        return _field(_state, Witness.PC);
    }

    /// @notice Replaces the address of the next instruction.
    function setPc(VmState _state, uint64 _pc) internal pure {
        _setField(_state, Witness.PC, _pc);
    }

    /// @notice What the program passed to exit.
    function exitCode(VmState _state) internal pure returns (uint256) {
        return _word(_state, Witness.EXIT_CODE) >> 248;
    }

    /// @notice Whether the program has exited: 0 where it has not, 1 in states a run leads to.
    function exited(VmState _state) internal pure returns (uint256) {
        return _word(_state, Witness.EXITED) >> 248;
    }

    /// @notice Ends the program with a code.
    function exit(VmState _state, uint8 _code) internal pure {
        _setByte(_state, Witness.EXIT_CODE, _code);
        _setByte(_state, Witness.EXITED, 1);
    }

    /// @notice Counts a step.
    function countStep(VmState _state) internal pure {
        unchecked {
            _setField(_state, Witness.STEP, _field(_state, Witness.STEP) + 1);
        }
    }

    /// @notice Address the next anonymous mapping gets.
    function heap(VmState _state) internal pure returns (uint64) {
        return _field(_state, Witness.HEAP);
    }

    /// @notice Replaces the address the next anonymous mapping gets.
    function setHeap(VmState _state, uint64 _heap) internal pure {
        _setField(_state, Witness.HEAP, _heap);
    }

    /// @notice Address reserved by the last load-reserved; 0 is none.
    function loadReservation(VmState _state) internal pure returns (uint64) {
        return _field(_state, Witness.LOAD_RESERVATION);
    }

    /// @notice Replaces the reserved address.
    function setLoadReservation(VmState _state, uint64 _address) internal pure {
        _setField(_state, Witness.LOAD_RESERVATION, _address);
    }

    /// @notice Value of a register, 0 to 31.
    function register(VmState _state, uint256 _number) internal pure returns (uint64) {
        unchecked {
            return _field(_state, Witness.REGISTERS + 8 * _number);
        }
    }

    /// @notice Writes a register, 0 to 31; a write to x0 is lost.
    function setRegister(VmState _state, uint256 _number, uint64 _value) internal pure {
        unchecked {
            if (_number != 0) _setField(_state, Witness.REGISTERS + 8 * _number, _value);
        }
    }

    /// @dev The 32 bytes at an offset.
    function _word(VmState _state, uint256 _offset) private pure returns (uint256 word_) {
        assembly ("memory-safe") {
            word_ := mload(add(_state, _offset))
        }
    }

    /// @dev Replaces the 32 bytes at an offset.
    function _setWord(VmState _state, uint256 _offset, uint256 _value) private pure {
        assembly ("memory-safe") {
            mstore(add(_state, _offset), _value)
        }
    }

    /// @dev The 8 bytes at an offset: the upper ones of the word there.
    function _field(VmState _state, uint256 _offset) private pure returns (uint64 value_) {
        assembly ("memory-safe") {
            value_ := shr(192, mload(add(_state, _offset)))
        }
    }

    /// @dev Replaces the 8 bytes at an offset, and keeps the 24 after them.
    function _setField(VmState _state, uint256 _offset, uint64 _value) private pure {
        assembly ("memory-safe") {
            let at := add(_state, _offset)
            mstore(at, or(shl(192, _value), shr(64, shl(64, mload(at)))))
        }
    }

    /// @dev Replaces the byte at an offset.
    function _setByte(VmState _state, uint256 _offset, uint8 _value) private pure {
        assembly ("memory-safe") {
            mstore8(add(_state, _offset), _value)
        }
    }
}
