// SPDX-License-Identifier: MIT
pragma solidity 0.8.25;

import { AtomicOp, I, Merkle, Opcode, RevertCode, Witness } from "src/generated/Machine.sol";
import { IBigStepper } from "src/interfaces/IBigStepper.sol";
import { IPreimageOracle } from "src/interfaces/IPreimageOracle.sol";
import { Alu } from "src/libraries/Alu.sol";
import { Compressed } from "src/libraries/Compressed.sol";
import { Decode } from "src/libraries/Decode.sol";
import { LeafProof, Memory } from "src/libraries/Memory.sol";
import { Syscalls } from "src/vm/Syscalls.sol";
import { VmState, VmStates, revertWith } from "src/libraries/VmStates.sol";

/// @title RISCV
/// @notice Executes one instruction of a RISC-V machine (RV64IMAC), given the state before it and
///         proofs of the memory it touches. Mirrors `asterisc-step`, `step.rs`.
///
///         A step reverts where it has no next state: with a code of `RevertCode` as one big-endian
///         word, or with no data where the calldata has not the one layout there is.
///
///         | calldata bytes | content                                            |
///         |----------------|----------------------------------------------------|
///         | 0              | selector                                           |
///         | 4              | 96, the offset of the state                        |
///         | 36             | 512, the offset of the proofs                      |
///         | 68             | local context                                      |
///         | 100            | 362, the length of the state                       |
///         | 132            | state witness, padded to 384 bytes                 |
///         | 516            | length of the proofs                               |
///         | 548            | proofs, 1920 bytes each, in the order of their use |
///
///         The leaf of pc is proven first, then the next one where a 4-byte instruction begins two bytes
///         before its end, then the leaves of the data.
contract RISCV is Syscalls {
    /// @notice Where the state witness starts in the calldata.
    uint256 private constant STATE_OFFSET = 132;
    /// @notice Where the proofs start in the calldata.
    uint256 private constant PROOF_OFFSET = 548;

    /// @notice Version of this contract.
    /// @custom:semver 0.1.0
    string public constant version = "0.1.0";

    /// @param _oracle The oracle that pre-images are read from.
    constructor(IPreimageOracle _oracle) Syscalls(_oracle) { }

    /// @inheritdoc IBigStepper
    /// @dev A state that has exited stays as it is. Logs the witness of the state after the step, without
    ///      topics.
    function step(
        bytes calldata _stateData,
        bytes calldata _proof,
        bytes32 _localContext
    )
        external
        returns (bytes32 postState_)
    {
        _checkLayout(_stateData, _proof);
        VmState state = VmStates.read(STATE_OFFSET);
        if (state.exited() == 0) {
            state.countStep();
            _execute(state, _localContext);
        }
        state.log();
        postState_ = state.hash();
    }

    ////////////////////////////////////////////////////////////////
    //                          Calldata                          //
    ////////////////////////////////////////////////////////////////

    /// @dev Proofs are read by their place, whatever their declared length: a length of 0 with proofs
    ///      behind it will do, and so will bytes behind those that are used.
    function _checkLayout(bytes calldata _stateData, bytes calldata _proof) private pure {
        uint256 stateOffset;
        uint256 proofOffset;
        assembly ("memory-safe") {
            stateOffset := _stateData.offset
            proofOffset := _proof.offset
        }
        require(stateOffset == STATE_OFFSET && _stateData.length == Witness.BYTES);
        require(proofOffset == PROOF_OFFSET && _proof.length % Merkle.PROOF_BYTES == 0);
    }

    ////////////////////////////////////////////////////////////////
    //                           Fetch                            //
    ////////////////////////////////////////////////////////////////

    /// @dev Fetches the instruction at pc; a compressed one becomes the one it stands for.
    /// @return word_   The instruction.
    /// @return nextPc_ Address of the instruction behind it.
    /// @return proof_  The first proof that the fetch did not use.
    function _fetch(VmState _state) private pure returns (uint256 word_, uint64 nextPc_, LeafProof proof_) {
        unchecked {
            uint64 pc = _state.pc();
            uint256 at = Memory.leafOffset(pc);
            proof_ = LeafProof.wrap(PROOF_OFFSET);
            // The bytes from pc on, the lowest one first.
            uint256 window = proof_.readLeaf(_state, pc) << (8 * at);
            proof_ = proof_.next();
            bool isCompressed = (window >> 248) & 3 != 3;
            if (at > Merkle.LEAF_BYTES - 4) {
                // Only two bytes of the leaf are left, and only at an even pc may they be all or half
                // of an instruction.
                if (at != Merkle.LEAF_BYTES - 2) revertWith(RevertCode.FETCH_STRADDLES);
                if (!isCompressed) {
                    window |= proof_.readLeaf(_state, pc + 2) >> 16;
                    proof_ = proof_.next();
                }
            }
            word_ = Memory.swapBytes(uint64(window >> 192)) & 0xffffffff;
            if (!isCompressed) return (word_, pc + 4, proof_);
            // Only a 32-bit instruction inside one leaf may stand at an odd address.
            if (pc & 1 == 1) revertWith(RevertCode.UNKNOWN_OPCODE);
            return (Compressed.expand(word_ & 0xffff), pc + 2, proof_);
        }
    }

    ////////////////////////////////////////////////////////////////
    //                          Execute                           //
    ////////////////////////////////////////////////////////////////

    /// @dev Executes the instruction at pc.
    function _execute(VmState _state, bytes32 _localContext) private {
        unchecked {
            (uint256 word, uint64 nextPc, LeafProof proof) = _fetch(_state);
            uint256 opcode = word & I.MASK_OPCODE;
            uint64 a = _state.register(Decode.rs1(word));
            uint64 value;

            if (opcode == Opcode.OP_IMM) {
                value = Alu.immediate(word, a, Decode.immI(word));
            } else if (opcode == Opcode.LOAD) {
                value = _load(_state, proof, word, a + Decode.immI(word));
            } else if (opcode == Opcode.STORE) {
                _store(_state, proof, word, a + Decode.immS(word));
                return _state.setPc(nextPc);
            } else if (opcode == Opcode.BRANCH) {
                bool taken = _isTaken(word, a, _state.register(Decode.rs2(word)));
                return _jump(_state, taken ? _state.pc() + Decode.immB(word) : nextPc);
            } else if (opcode == Opcode.OP) {
                value = Alu.register(word, a, _state.register(Decode.rs2(word)));
            } else if (opcode == Opcode.LUI) {
                value = Decode.immU(word);
            } else if (opcode == Opcode.AUIPC) {
                value = _state.pc() + Decode.immU(word);
            } else if (opcode == Opcode.JAL) {
                uint64 target = _state.pc() + Decode.immJ(word);
                _state.setRegister(Decode.rd(word), nextPc);
                return _jump(_state, target);
            } else if (opcode == Opcode.JALR) {
                _state.setRegister(Decode.rd(word), nextPc);
                return _jump(_state, (a + Decode.immI(word)) & ~uint64(1));
            } else if (opcode == Opcode.OP_IMM_32) {
                value = Alu.immediateWord(word, a, Decode.immI(word));
            } else if (opcode == Opcode.OP_32) {
                value = Alu.registerWord(word, a, _state.register(Decode.rs2(word)));
            } else if (opcode == Opcode.SYSTEM) {
                if (word & I.MASK_FUNCT3 == I.SYSTEM_NOP) {
                    if (word & I.MASK_FUNCT12 == I.ECALL) {
                        _systemCall(_state, proof, _localContext);
                    }
                    return _state.setPc(nextPc);
                }
                // Control and status registers: there are none, and they read as zero.
            } else if (opcode == Opcode.AMO) {
                value = _atomic(_state, proof, word, a);
            } else if (_isIgnored(opcode)) {
                return _state.setPc(nextPc);
            } else {
                revertWith(RevertCode.UNKNOWN_OPCODE);
            }
            _state.setRegister(Decode.rd(word), value);
            _state.setPc(nextPc);
        }
    }

    /// @dev Fences, since memory is always coherent, and floating point, which does nothing.
    function _isIgnored(uint256 _opcode) private pure returns (bool) {
        return _opcode == Opcode.MISC_MEM || _opcode == Opcode.LOAD_FP || _opcode == Opcode.STORE_FP
            || _opcode == Opcode.OP_FP;
    }

    ////////////////////////////////////////////////////////////////
    //                     Branches and jumps                     //
    ////////////////////////////////////////////////////////////////

    /// @dev Whether a branch is taken; those with funct3 2 and 3 never are.
    function _isTaken(uint256 _word, uint64 _a, uint64 _b) private pure returns (bool) {
        uint256 key = _word & I.MASK_FUNCT3;
        if (key == I.BNE) return _a != _b;
        if (key == I.BEQ) return _a == _b;
        if (key == I.BLTU) return _a < _b;
        if (key == I.BGEU) return _a >= _b;
        if (key == I.BLT) return int64(_a) < int64(_b);
        if (key == I.BGE) return int64(_a) >= int64(_b);
        return false;
    }

    /// @dev A target must be even.
    function _jump(VmState _state, uint64 _target) private pure {
        if (_target & 1 != 0) revertWith(RevertCode.MISALIGNED);
        _state.setPc(_target);
    }

    ////////////////////////////////////////////////////////////////
    //                      Loads and stores                      //
    ////////////////////////////////////////////////////////////////

    /// @dev Bits 13:12 give the width, 2^n bytes; bit 14 says that the value is unsigned.
    function _load(
        VmState _state,
        LeafProof _proof,
        uint256 _word,
        uint64 _address
    )
        private
        pure
        returns (uint64 value_)
    {
        unchecked {
            uint256 funct3 = (_word >> 12) & 7;
            if (funct3 == 7) revertWith(RevertCode.ILLEGAL_ENCODING);
            uint256 size = 1 << (funct3 & 3);
            value_ = _proof.load(_state, _address, size);
            if (funct3 < 4) value_ = _signExtend(value_, size);
        }
    }

    /// @dev Bits 14:12 give the width, 2^n bytes.
    function _store(VmState _state, LeafProof _proof, uint256 _word, uint64 _address) private pure {
        unchecked {
            uint256 funct3 = (_word >> 12) & 7;
            if (funct3 > 3) revertWith(RevertCode.STORE_WIDTH);
            uint64 value = _state.register(Decode.rs2(_word));
            _proof.store(_state, _address, 1 << funct3, value);
        }
    }

    /// @dev Extends the sign of a number of some bytes.
    function _signExtend(uint64 _value, uint256 _size) private pure returns (uint64 value_) {
        assembly ("memory-safe") {
            value_ := and(signextend(sub(_size, 1), _value), 0xffffffffffffffff)
        }
    }

    ////////////////////////////////////////////////////////////////
    //                          Atomics                           //
    ////////////////////////////////////////////////////////////////

    /// @dev Load-reserved, store-conditional, and operations that load and store by one leaf.
    function _atomic(
        VmState _state,
        LeafProof _proof,
        uint256 _word,
        uint64 _address
    )
        private
        pure
        returns (uint64 value_)
    {
        unchecked {
            uint256 size = 1 << ((_word >> 12) & 7);
            if (size != 4 && size != 8) revertWith(RevertCode.ATOMIC_WIDTH);
            if (_address & (size - 1) != 0) revertWith(RevertCode.MISALIGNED);
            uint256 operation = _word >> 27;
            uint64 operand = _state.register(Decode.rs2(_word));

            if (operation == AtomicOp.SC) {
                // The reservation is an address without a width, and nothing else ends it.
                value_ = 1;
                if (_address == _state.loadReservation()) {
                    _proof.store(_state, _address, size, operand);
                    value_ = 0;
                }
                _state.setLoadReservation(0);
                return value_;
            }
            // An aligned word lies in one leaf, which is proven once and then written.
            uint256 leaf = _proof.readLeaf(_state, _address);
            value_ = _signExtend(Memory.number(leaf << (8 * Memory.leafOffset(_address)), size), size);
            if (operation == AtomicOp.LR) {
                _state.setLoadReservation(_address);
                return value_;
            }
            uint64 result = Alu.atomic(operation, value_, _signExtend(operand, size));
            leaf = Memory.patch(leaf, _address, size, Memory.littleEndian(result, size));
            _proof.writeLeaf(_state, _address, leaf);
        }
    }
}
