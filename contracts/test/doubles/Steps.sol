// SPDX-License-Identifier: MIT
pragma solidity 0.8.25;

import { Cheats } from "test/doubles/Cheats.sol";
import { Merkle, Register, Witness } from "src/generated/Machine.sol";
import { IBigStepper } from "src/interfaces/IBigStepper.sol";
import { StoredOracle } from "test/doubles/StoredOracle.sol";

/// @notice All that can be called of the contract.
interface IRISCV is IBigStepper {
    /// @notice Version of the contract.
    function version() external view returns (string memory version_);
}

/// @title Steps
/// @notice States whose memory holds a single leaf, and their proofs.
abstract contract Steps is Cheats {
    /// @notice A state of which a test changes what it needs.
    struct State {
        bytes32 memoryRoot;
        bytes32 preimageKey;
        uint64 preimageOffset;
        uint64 pc;
        uint8 exitCode;
        uint8 exited;
        uint64 step;
        uint64 heap;
        uint64 loadReservation;
        uint64[32] registers;
    }

    IRISCV internal vm;
    StoredOracle internal oracle;

    function setUp() public {
        oracle = new StoredOracle();
        vm = IRISCV(CHEATS.deployCode("RISCV.sol:RISCV", abi.encode(oracle)));
    }

    /// @notice The witness of a state.
    function encode(State memory _state) internal pure returns (bytes memory witness_) {
        witness_ = abi.encodePacked(
            _state.memoryRoot,
            _state.preimageKey,
            _state.preimageOffset,
            _state.pc,
            _state.exitCode,
            _state.exited,
            _state.step,
            _state.heap,
            _state.loadReservation
        );
        for (uint256 i = 0; i < 32; i++) {
            witness_ = abi.encodePacked(witness_, _state.registers[i]);
        }
        require(witness_.length == Witness.BYTES, "length of a witness");
    }

    /// @notice The hash of a state that has not exited.
    function hashUnfinished(State memory _state) internal pure returns (bytes32) {
        return bytes32((uint256(keccak256(encode(_state))) << 8 >> 8) | (3 << 248));
    }

    /// @notice The proof of a leaf where all others are zeros, and the root it leads to.
    function prove(uint64 _address, bytes32 _leaf)
        internal
        pure
        returns (bytes memory proof_, bytes32 root_)
    {
        proof_ = abi.encodePacked(_leaf);
        root_ = _leaf;
        bytes32 zero = 0;
        for (uint256 level = 0; level < Merkle.DEPTH; level++) {
            proof_ = abi.encodePacked(proof_, zero);
            bool isRight = (_address >> (5 + level)) & 1 == 1;
            root_ = isRight ? keccak256(abi.encode(zero, root_)) : keccak256(abi.encode(root_, zero));
            zero = keccak256(abi.encode(zero, zero));
        }
    }

    /// @notice A state before an instruction at an address, and the proof of its leaf.
    function before(
        uint64 _pc,
        uint32 _instruction
    )
        internal
        pure
        returns (State memory state_, bytes memory proof_)
    {
        state_.pc = _pc;
        state_.heap = 0x10000000;
        (proof_, state_.memoryRoot) = prove(_pc, leafOf(_pc, _instruction));
    }

    /// @notice A leaf of zeros but for an instruction.
    function leafOf(uint64 _pc, uint32 _instruction) internal pure returns (bytes32) {
        uint256 reversed = (uint256(_instruction) & 0xff) << 24 | (uint256(_instruction >> 8) & 0xff) << 16
            | (uint256(_instruction >> 16) & 0xff) << 8 | uint256(_instruction >> 24);
        return bytes32(reversed << 224 >> (8 * (_pc % 32)));
    }

    /// @notice What a call returns or reverts with.
    function run(bytes memory _calldata) internal returns (bool success_, bytes memory data_) {
        return address(vm).call(_calldata);
    }

    /// @notice A step that must be taken.
    function take(State memory _state, bytes memory _proof) internal returns (bytes32) {
        return vm.step(encode(_state), _proof, 0);
    }

    /// @notice A step that must revert with a code.
    function assertReverts(State memory _state, bytes memory _proof, uint256 _code) internal {
        (bool success, bytes memory data) = run(abi.encodeCall(vm.step, (encode(_state), _proof, 0)));
        require(!success, "must revert");
        assertEq(data, abi.encode(_code), "code");
    }

    /// @notice Calldata that is no step's.
    function assertRefused(bytes memory _calldata) internal {
        (bool success, bytes memory data) = run(_calldata);
        require(!success, "must revert");
        assertEq(data.length, 0, "no data");
    }

    /// @notice A state before a system call.
    function beforeCall(
        uint64 _number,
        uint64 _a0,
        uint64 _a1,
        uint64 _a2
    )
        internal
        pure
        returns (State memory state_, bytes memory proof_)
    {
        (state_, proof_) = before(0x1000, 0x73);
        state_.registers[Register.A7] = _number;
        state_.registers[Register.A0] = _a0;
        state_.registers[Register.A1] = _a1;
        state_.registers[Register.A2] = _a2;
    }
}
