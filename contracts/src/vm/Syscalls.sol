// SPDX-License-Identifier: MIT
pragma solidity 0.8.25;

import { Merkle, Register, RevertCode, Syscall } from "src/generated/Machine.sol";
import { IBigStepper } from "src/interfaces/IBigStepper.sol";
import { IPreimageOracle } from "src/interfaces/IPreimageOracle.sol";
import { LeafProof, Memory } from "src/libraries/Memory.sol";
import { VmState, revertWith } from "src/libraries/VmStates.sol";

/// @title Syscalls
/// @notice System calls. Mirrors `asterisc-step`, `syscall.rs`.
///
///         The number is in a7, arguments are in a0 to a4. The result goes to a0, an error number to
///         a1, which is 0 where there is none.
abstract contract Syscalls is IBigStepper {
    /// @notice The oracle that pre-images are read from. Stands in slot 0.
    IPreimageOracle public oracle;

    /// @notice Result of a call that failed.
    uint64 private constant FAILED = type(uint64).max;
    /// @notice Command of `fcntl`: flags of the descriptor.
    uint64 private constant F_GETFD = 1;
    /// @notice Command of `fcntl`: mode of the file.
    uint64 private constant F_GETFL = 3;
    /// @notice First byte of the key of a local pre-image.
    uint256 private constant LOCAL_KEY = 1;

    /// @param _oracle The oracle that pre-images are read from.
    constructor(IPreimageOracle _oracle) {
        oracle = _oracle;
    }

    /// @dev Executes the system call in the registers; pc is left alone.
    function _systemCall(VmState _state, LeafProof _proof, bytes32 _localContext) internal {
        uint64 number = _state.register(Register.A7);
        uint64 a0 = _state.register(Register.A0);
        uint64 result;
        uint64 errorNumber;

        if (number == Syscall.READ) {
            (result, errorNumber) = _read(_state, _proof, a0, _localContext);
        } else if (number == Syscall.WRITE) {
            (result, errorNumber) = _write(_state, _proof, a0);
        } else if (number == Syscall.MMAP) {
            (result, errorNumber) = _mmap(_state, a0);
        } else if (number == Syscall.EXIT_93 || number == Syscall.EXIT_94) {
            return _state.exit(uint8(a0));
        } else if (number == Syscall.BRK) {
            result = Syscall.BREAK;
        } else if (number == Syscall.FCNTL) {
            (result, errorNumber) = _fcntl(a0, _state.register(Register.A1));
        } else if (number == Syscall.OPENAT) {
            (result, errorNumber) = (FAILED, Syscall.REFUSED);
        } else if (number == Syscall.CLOCK_GETTIME) {
            _storePair(_state, _proof, Syscall.CLOCK_SECONDS, Syscall.CLOCK_NANOSECONDS);
        } else if (number == Syscall.CLONE) {
            result = 1;
        } else if (number == Syscall.GETRLIMIT) {
            if (a0 != Syscall.LIMIT_FILES) revertWith(RevertCode.UNKNOWN_LIMIT);
            _storePair(_state, _proof, Syscall.FILES_SOFT, Syscall.FILES_HARD);
        } else if (_isForbidden(number)) {
            revertWith(RevertCode.FORBIDDEN_SYSCALL);
        }
        _state.setRegister(Register.A0, result);
        _state.setRegister(Register.A1, errorNumber);
    }

    /// @dev Calls that must not be made.
    function _isForbidden(uint64 _number) private pure returns (bool) {
        return _number == Syscall.FORBIDDEN_101 || _number == Syscall.FORBIDDEN_261
            || _number == Syscall.FORBIDDEN_422;
    }

    /// @dev Flags and mode of the open files.
    function _fcntl(uint64 _descriptor, uint64 _command)
        private
        pure
        returns (uint64 result_, uint64 error_)
    {
        if (_command != F_GETFD && _command != F_GETFL) {
            return (FAILED, Syscall.INVALID);
        }
        if (_descriptor > Syscall.PREIMAGE_WRITE) return (FAILED, Syscall.BAD_FILE);
        // No flags; and read only.
        if (_command == F_GETFD || _descriptor == Syscall.STDIN) return (0, 0);
        if (_descriptor == Syscall.HINT_READ || _descriptor == Syscall.PREIMAGE_READ) return (0, 0);
        // Write only.
        return (1, 0);
    }

    /// @dev Hands out anonymous memory; nothing is ever unmapped.
    function _mmap(VmState _state, uint64 _address) private pure returns (uint64 result_, uint64 error_) {
        unchecked {
            uint64 flags = _state.register(Register.A3);
            uint64 descriptor = _state.register(Register.A4);
            if (flags & Syscall.MAP_ANONYMOUS == 0 || descriptor != type(uint64).max) {
                return (FAILED, Syscall.BAD_FILE);
            }
            if (_address != 0) return (_address, 0);
            uint64 length = _state.register(Register.A1);
            result_ = _state.heap();
            _state.setHeap(result_ + ((length + Syscall.PAGE_BYTES - 1) & ~(Syscall.PAGE_BYTES - 1)));
        }
    }

    /// @dev Stores two numbers at the address in a1, side by side.
    function _storePair(VmState _state, LeafProof _proof, uint64 _first, uint64 _second) private pure {
        unchecked {
            uint256 content =
                (uint256(Memory.swapBytes(_first)) << 192) | (uint256(Memory.swapBytes(_second)) << 128);
            _proof.storeBytes(_state, _state.register(Register.A1), 16, content);
        }
    }

    ////////////////////////////////////////////////////////////////
    //                            Read                            //
    ////////////////////////////////////////////////////////////////

    /// @dev Reads from a file.
    function _read(
        VmState _state,
        LeafProof _proof,
        uint64 _descriptor,
        bytes32 _localContext
    )
        private
        returns (uint64 result_, uint64 error_)
    {
        if (_descriptor == Syscall.PREIMAGE_READ) return (_readPreimage(_state, _proof, _localContext), 0);
        if (_descriptor == Syscall.STDIN) return (0, 0);
        // The acknowledgement is not written: no program looks at it.
        if (_descriptor == Syscall.HINT_READ) return (_state.register(Register.A2), 0);
        return (FAILED, Syscall.BAD_FILE);
    }

    /// @dev Reads on from the pre-image to the address in a1, at most to the end of the leaf.
    function _readPreimage(
        VmState _state,
        LeafProof _proof,
        bytes32 _localContext
    )
        private
        returns (uint64 count_)
    {
        unchecked {
            uint64 target = _state.register(Register.A1);
            uint256 leaf = _proof.readLeaf(_state, target);
            (uint256 part, uint256 length) = _callOracle(_state, _localContext);
            uint256 count = _clip(_state.register(Register.A2), target);
            if (count > length) count = length;
            leaf = Memory.patch(leaf, target, count, part & Memory.upperBytes(count));
            _proof.writeLeaf(_state, target, leaf);
            count_ = uint64(count);
            _state.setPreimageOffset(_state.preimageOffset() + count_);
        }
    }

    /// @dev The part of the pre-image at the offset of the state.
    ///
    ///      `(part, length) = oracle.readPreimage(key, offset)`, where a call that fails, for want of
    ///      the part or of gas, or answers with less than two words, reverts with a code of our own.
    function _callOracle(
        VmState _state,
        bytes32 _localContext
    )
        private
        returns (uint256 part_, uint256 length_)
    {
        bytes32 key = _state.preimageKey();
        uint256 offset = _state.preimageOffset();
        if (uint256(key) >> 248 == LOCAL_KEY) key = _localise(key, _localContext);
        uint256 selector = uint32(IPreimageOracle.readPreimage.selector);
        IPreimageOracle target = oracle;
        bool success;
        assembly ("memory-safe") {
            let buffer := mload(0x40)
            mstore(buffer, shl(224, selector))
            mstore(add(buffer, 0x04), key)
            mstore(add(buffer, 0x24), offset)
            success := call(gas(), target, 0, buffer, 0x44, buffer, 0x40)
            success := and(success, gt(returndatasize(), 0x3f))
            part_ := mload(buffer)
            length_ := mload(add(buffer, 0x20))
        }
        if (!success) revertWith(RevertCode.PREIMAGE_READ);
    }

    /// @dev The key under which the oracle keeps a local pre-image of this caller and context.
    ///
    ///      `keccak256(key ‖ caller as 32 bytes ‖ context)`, its first byte that of the key.
    function _localise(bytes32 _key, bytes32 _localContext) private view returns (bytes32 key_) {
        assembly ("memory-safe") {
            let buffer := mload(0x40)
            mstore(buffer, _key)
            mstore(add(buffer, 0x20), caller())
            mstore(add(buffer, 0x40), _localContext)
            key_ := keccak256(buffer, 0x60)
            key_ := or(shl(248, shr(248, _key)), shr(8, shl(8, key_)))
        }
    }

    ////////////////////////////////////////////////////////////////
    //                           Write                            //
    ////////////////////////////////////////////////////////////////

    /// @dev Writes to a file. Output and hints have no effect on the state.
    function _write(
        VmState _state,
        LeafProof _proof,
        uint64 _descriptor
    )
        private
        pure
        returns (uint64, uint64)
    {
        uint64 count = _state.register(Register.A2);
        if (_descriptor == Syscall.PREIMAGE_WRITE) return (_writeKey(_state, _proof, count), 0);
        if (
            _descriptor == Syscall.STDOUT || _descriptor == Syscall.STDERR
                || _descriptor == Syscall.HINT_WRITE
        ) {
            return (count, 0);
        }
        return (FAILED, Syscall.BAD_FILE);
    }

    /// @dev Shifts bytes from the address in a1 into the pre-image key from its low end, at most to
    ///      the end of the leaf, and starts the pre-image over.
    function _writeKey(VmState _state, LeafProof _proof, uint64 _count) private pure returns (uint64 count_) {
        unchecked {
            uint64 source = _state.register(Register.A1);
            uint256 window = _proof.readLeaf(_state, source) << (8 * Memory.leafOffset(source));
            uint256 count = _clip(_count, source);
            uint256 key = (uint256(_state.preimageKey()) << (8 * count)) | (window >> (256 - 8 * count));
            _state.setPreimageKey(bytes32(key));
            _state.setPreimageOffset(0);
            count_ = uint64(count);
        }
    }

    /// @dev At most as many bytes as the leaf has from an address on.
    function _clip(uint64 _count, uint64 _address) private pure returns (uint256) {
        unchecked {
            uint256 rest = Merkle.LEAF_BYTES - Memory.leafOffset(_address);
            return _count < rest ? _count : rest;
        }
    }
}
