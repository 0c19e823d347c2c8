// SPDX-License-Identifier: MIT
pragma solidity 0.8.25;

import { ICheats } from "test/doubles/Cheats.sol";
import { RevertCode, Syscall } from "src/generated/Machine.sol";
import { IBigStepper } from "src/interfaces/IBigStepper.sol";
import { IPreimageOracle } from "src/interfaces/IPreimageOracle.sol";
import { Steps } from "test/doubles/Steps.sol";

/// @title RISCVTest
/// @notice The contract as its callers see it. What each instruction does is tested against the other
///         engines, in the crate `asterisc-evm`.
contract RISCVTest is Steps {
    /// @notice `addi x1, x0, 7`.
    uint32 internal constant ADDI = 0x00700093;

    function test_selectors_areThoseOfTheInterface_works() external pure {
        assertEq(uint32(IBigStepper.step.selector), 0xe14ced32, "step");
        assertEq(uint32(IBigStepper.oracle.selector), 0x7dc0d1d0, "oracle");
        assertEq(uint32(IPreimageOracle.readPreimage.selector), 0xe03110e1, "readPreimage");
    }

    function test_oracle_standsInSlotZero_works() external {
        bytes32 slot = CHEATS.load(address(vm), 0);
        assertEq(slot, bytes32(uint256(uint160(address(oracle)))), "slot 0");
        require(vm.oracle() == oracle, "getter");
        CHEATS.store(address(vm), 0, bytes32(uint256(0x1234)));
        require(address(vm.oracle()) == address(0x1234), "getter after the slot was written");
    }

    function test_version_isSemver_works() external view {
        assertEq(bytes(vm.version()), "0.1.0", "version");
    }

    function test_code_fitsTheLimit_works() external view {
        require(address(vm).code.length < 24_576, "code size");
    }

    function test_step_addi_works() external {
        (State memory state, bytes memory proof) = before(0x1000, ADDI);
        bytes32 hash = take(state, proof);
        (state.registers[1], state.pc, state.step) = (7, 0x1004, 1);
        assertEq(hash, hashUnfinished(state), "state hash");
    }

    function test_step_logsThePoststate_works() external {
        (State memory state, bytes memory proof) = before(0x1000, ADDI);
        CHEATS.recordLogs();
        take(state, proof);
        ICheats.Log[] memory logs = CHEATS.getRecordedLogs();
        (state.registers[1], state.pc, state.step) = (7, 0x1004, 1);
        assertEq(logs.length, 1, "one log");
        assertEq(logs[0].topics.length, 0, "no topics");
        assertEq(logs[0].data, encode(state), "poststate");
    }

    function test_step_compressed_works() external {
        // `c.li x1, 7`, at an address that is not a multiple of 4.
        (State memory state, bytes memory proof) = before(0x1002, 0x409d);
        bytes32 hash = take(state, proof);
        (state.registers[1], state.pc, state.step) = (7, 0x1004, 1);
        assertEq(hash, hashUnfinished(state), "state hash");
    }

    function testFuzz_step_addi_works(uint64 _a, uint64 _pc) external {
        uint64 pc = _pc & ~uint64(3);
        // `addi x1, x1, -1`.
        (State memory state, bytes memory proof) = before(pc, 0xfff08093);
        state.registers[1] = _a;
        bytes32 hash = take(state, proof);
        unchecked {
            (state.registers[1], state.pc, state.step) = (_a - 1, pc + 4, 1);
        }
        assertEq(hash, hashUnfinished(state), "state hash");
    }

    function test_step_wrongRoot_reverts() external {
        (State memory state, bytes memory proof) = before(0x1000, ADDI);
        state.memoryRoot = ~state.memoryRoot;
        assertReverts(state, proof, RevertCode.MEMORY_PROOF);
    }

    function testFuzz_step_changedProof_reverts(uint256 _at, uint8 _flip) external {
        (State memory state, bytes memory proof) = before(0x1000, ADDI);
        uint256 at = _at % proof.length;
        proof[at] ^= bytes1(_flip == 0 ? 1 : _flip);
        assertReverts(state, proof, RevertCode.MEMORY_PROOF);
    }

    function test_step_unknownOpcode_reverts() external {
        (State memory state, bytes memory proof) = before(0x1000, 0x0000007f);
        assertReverts(state, proof, RevertCode.UNKNOWN_OPCODE);
    }

    function test_step_forbiddenSyscall_reverts() external {
        (State memory state, bytes memory proof) = beforeCall(Syscall.FORBIDDEN_101, 0, 0, 0);
        assertReverts(state, proof, RevertCode.FORBIDDEN_SYSCALL);
    }

    function test_step_exited_works() external {
        State memory state;
        (state.exited, state.exitCode) = (1, 1);
        bytes32 hash = take(state, "");
        assertEq(hash, bytes32((uint256(keccak256(encode(state))) << 8 >> 8) | (1 << 248)), "state hash");
    }

    function testFuzz_step_proofLength_reverts(uint16 _length) external {
        if (_length % 1920 == 0) return;
        (State memory state,) = before(0x1000, ADDI);
        assertRefused(abi.encodeCall(vm.step, (encode(state), new bytes(_length), 0)));
    }

    function testFuzz_step_stateLength_reverts(uint16 _length) external {
        if (_length == 362) return;
        assertRefused(abi.encodeCall(vm.step, (new bytes(_length), new bytes(1920), 0)));
    }

    function test_step_otherOrderOfArguments_reverts() external {
        (State memory state, bytes memory proof) = before(0x1000, ADDI);
        bytes memory witness = encode(state);
        // The same arguments, the proofs first.
        bytes memory data = abi.encodePacked(
            vm.step.selector,
            abi.encode(uint256(96 + 32 + 1920), uint256(96), bytes32(0)),
            abi.encode(uint256(1920)),
            proof,
            abi.encode(uint256(362)),
            witness,
            new bytes(22)
        );
        assertRefused(data);
    }

    function test_step_value_reverts() external {
        (State memory state, bytes memory proof) = before(0x1000, ADDI);
        bytes memory data = abi.encodeCall(vm.step, (encode(state), proof, 0));
        (bool success, bytes memory output) = address(vm).call{ value: 1 }(data);
        require(!success && output.length == 0, "must revert without data");
    }

    function test_step_zeroLengthWithProofsBehind_works() external {
        (State memory state, bytes memory proof) = before(0x1000, ADDI);
        bytes memory data = abi.encodePacked(abi.encodeCall(vm.step, (encode(state), "", 0)), proof);
        (bool success, bytes memory output) = run(data);
        require(success, "must be taken");
        (state.registers[1], state.pc, state.step) = (7, 0x1004, 1);
        assertEq(abi.decode(output, (bytes32)), hashUnfinished(state), "state hash");
    }
}
