// SPDX-License-Identifier: MIT
pragma solidity 0.8.25;

import { RevertCode, Syscall } from "src/generated/Machine.sol";
import { Steps } from "test/doubles/Steps.sol";

/// @title RISCVPreimagesTest
/// @notice Reads of pre-images: the contract and its oracle.
contract RISCVPreimagesTest is Steps {
    /// @notice What tells the local pre-images of these tests from those of others.
    bytes32 internal constant CONTEXT = keccak256("context");

    /// @notice A state before a read of 8 bytes into the leaf behind the instruction's, whose proof
    ///         follows that of the instruction.
    function beforeRead(bytes32 _key) internal pure returns (State memory state_, bytes memory proof_) {
        (state_,) = beforeCall(Syscall.READ, Syscall.PREIMAGE_READ, 0x1020, 8);
        bytes32 instruction = leafOf(0x1000, 0x73);
        bytes memory target;
        // Siblings of each other, all else zeros.
        (proof_, state_.memoryRoot) = pair(0x1000, instruction, 0);
        (target,) = pair(0x1020, 0, instruction);
        proof_ = abi.encodePacked(proof_, target);
        state_.preimageKey = _key;
    }

    /// @notice The proof of a leaf that has a sibling.
    function pair(
        uint64 _address,
        bytes32 _leaf,
        bytes32 _sibling
    )
        internal
        pure
        returns (bytes memory proof_, bytes32 root_)
    {
        (proof_,) = prove(_address, _leaf);
        for (uint256 i = 0; i < 32; i++) {
            proof_[32 + i] = _sibling[i];
        }
        bool isRight = (_address >> 5) & 1 == 1;
        root_ = isRight ? keccak256(abi.encode(_sibling, _leaf)) : keccak256(abi.encode(_leaf, _sibling));
        bytes32 zero = keccak256(abi.encode(bytes32(0), bytes32(0)));
        for (uint256 level = 1; level < 59; level++) {
            isRight = (_address >> (5 + level)) & 1 == 1;
            root_ = isRight ? keccak256(abi.encode(zero, root_)) : keccak256(abi.encode(root_, zero));
            zero = keccak256(abi.encode(zero, zero));
        }
    }

    /// @notice A read that must give the length of a pre-image.
    function assertReads(bytes32 _key, bytes32 _oracleKey) internal {
        oracle.load(_oracleKey, 0, bytes32(uint256(5) << 192 | uint256(0xaabb) << 176), 5);
        (State memory state, bytes memory proof) = beforeRead(_key);
        bytes32 hash = vm.step(encode(state), proof, CONTEXT);
        (, state.memoryRoot) = pair(0x1000, leafOf(0x1000, 0x73), bytes32(uint256(5) << 192));
        (state.registers[10], state.registers[11]) = (8, 0);
        (state.preimageOffset, state.pc, state.step) = (8, 0x1004, 1);
        assertEq(hash, hashUnfinished(state), "state hash");
    }

    function testFuzz_read_globalKey_works(bytes32 _key) external {
        if (_key[0] == 0x01) return;
        assertReads(_key, _key);
    }

    function testFuzz_read_localKey_works(bytes32 _key) external {
        bytes32 key = bytes32((uint256(_key) << 8 >> 8) | (1 << 248));
        bytes32 bound = keccak256(abi.encode(key, address(this), CONTEXT));
        assertReads(key, bytes32((uint256(bound) << 8 >> 8) | (1 << 248)));
    }

    function test_read_missingPart_reverts() external {
        (State memory state, bytes memory proof) = beforeRead(keccak256("key"));
        assertReverts(state, proof, RevertCode.PREIMAGE_READ);
    }

    function test_read_oracleWithoutCode_reverts() external {
        CHEATS.store(address(vm), 0, bytes32(uint256(0x1234)));
        (State memory state, bytes memory proof) = beforeRead(keccak256("key"));
        assertReverts(state, proof, RevertCode.PREIMAGE_READ);
    }
}
