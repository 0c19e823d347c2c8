// SPDX-License-Identifier: MIT
pragma solidity 0.8.25;

import { C, I, Register, RevertCode } from "src/generated/Machine.sol";
import { Decode } from "src/libraries/Decode.sol";
import { revertWith } from "src/libraries/VmStates.sol";

/// @title Compressed
/// @notice The 16-bit instructions. Mirrors `asterisc-isa`, `compressed.rs`.
///
///         Each stands for one 32-bit instruction, and becomes it here: what is executed then is the
///         same for both. Only their length differs.
library Compressed {
    /// @notice The 32-bit instruction that a 16-bit one stands for.
    /// @dev Reverts where it is reserved, or no instruction at all.
    function expand(uint256 _half) internal pure returns (uint256) {
        uint256 key = _half & C.MASK_FUNCT3;
        uint256 quadrant = _half & 3;
        if (quadrant == 0) return _quadrant0(_half, key);
        if (quadrant == 1) return _quadrant1(_half, key);
        return _quadrant2(_half, key);
    }

    /// @dev Loads and stores by the eight registers x8 to x15.
    function _quadrant0(uint256 _half, uint256 _key) private pure returns (uint256 word_) {
        uint256 upper = _registerPrime(_half >> 7);
        uint256 lower = _registerPrime(_half >> 2);
        if (_key == C.ADDI4SPN) {
            // The all-zero half is illegal by definition: it is what empty memory holds.
            if (_half == C.UNIMP) revertWith(RevertCode.UNKNOWN_OPCODE);
            // nzuimm[5:4|9:6|2|3] at 12:5.
            uint256 imm = Decode.bits(_half, 11, 2, 4) | Decode.bits(_half, 7, 4, 6)
                | Decode.bits(_half, 6, 1, 2) | Decode.bits(_half, 5, 1, 3);
            if (imm == 0) revertWith(RevertCode.ILLEGAL_ENCODING);
            return _typeI(I.ADDI, lower, Register.SP, imm);
        }
        if (_key == C.LW) return _typeI(I.LW, lower, upper, _immWord(_half));
        if (_key == C.LD) return _typeI(I.LD, lower, upper, _immDouble(_half));
        if (_key == C.SW) return _typeS(I.SW, upper, lower, _immWord(_half));
        if (_key == C.SD) return _typeS(I.SD, upper, lower, _immDouble(_half));
        // One of the others is reserved, the rest is floating point.
        revertWith(_key == C.RESERVED_QUADRANT_0 ? RevertCode.ILLEGAL_ENCODING : RevertCode.UNKNOWN_OPCODE);
    }

    /// @dev Arithmetic with immediates, jumps and branches.
    function _quadrant1(uint256 _half, uint256 _key) private pure returns (uint256) {
        uint256 rd = (_half >> 7) & 0x1f;
        // imm[5] at 12, imm[4:0] at 6:2.
        uint256 imm = _signed(_half, 5) | Decode.bits(_half, 2, 5, 0);
        if (_key == C.ADDI) return _typeI(I.ADDI, rd, rd, imm);
        if (_key == C.LI) return _typeI(I.ADDI, rd, Register.ZERO, imm);
        if (_key == C.BEQZ) return _typeB(I.BEQ, _registerPrime(_half >> 7), _immB(_half));
        if (_key == C.BNEZ) return _typeB(I.BNE, _registerPrime(_half >> 7), _immB(_half));
        if (_key == C.J) return _typeJ(I.JAL, _immJ(_half));
        if (_key == C.ADDIW) {
            if (rd == 0) revertWith(RevertCode.ILLEGAL_ENCODING);
            return _typeI(I.ADDIW, rd, rd, imm);
        }
        if (_key == C.LUI) {
            if (imm == 0) revertWith(RevertCode.ILLEGAL_ENCODING);
            if (rd != Register.SP) return I.LUI | (rd << 7) | ((imm & 0xfffff) << 12);
            // nzimm[9] at 12, nzimm[4|6|8:7|5] at 6:2.
            imm = _signed(_half, 9) | Decode.bits(_half, 6, 1, 4) | Decode.bits(_half, 5, 1, 6)
                | Decode.bits(_half, 3, 2, 7) | Decode.bits(_half, 2, 1, 5);
            return _typeI(I.ADDI, rd, rd, imm);
        }
        return _arithmetic(_half, _registerPrime(_half >> 7), imm);
    }

    /// @dev Arithmetic of quadrant 1 on the eight registers x8 to x15.
    function _arithmetic(uint256 _half, uint256 _rd, uint256 _imm) private pure returns (uint256 word_) {
        uint256 key = _half & C.MASK_FUNCT3_2;
        if (key == C.SRLI) return _typeI(I.SRLI, _rd, _rd, _imm & 0x3f);
        if (key == C.SRAI) return _typeI(I.SRAI, _rd, _rd, _imm & 0x3f);
        if (key == C.ANDI) return _typeI(I.ANDI, _rd, _rd, _imm);
        uint256 rs2 = _registerPrime(_half >> 2);
        key = _half & C.MASK_ARITHMETIC;
        if (key == C.SUB) return _typeR(I.SUB, _rd, _rd, rs2);
        if (key == C.XOR) return _typeR(I.XOR, _rd, _rd, rs2);
        if (key == C.OR) return _typeR(I.OR, _rd, _rd, rs2);
        if (key == C.AND) return _typeR(I.AND, _rd, _rd, rs2);
        if (key == C.SUBW) return _typeR(I.SUBW, _rd, _rd, rs2);
        if (key == C.ADDW) return _typeR(I.ADDW, _rd, _rd, rs2);
        revertWith(RevertCode.ILLEGAL_ENCODING);
    }

    /// @dev Loads and stores by the stack pointer, and what names two full registers.
    function _quadrant2(uint256 _half, uint256 _key) private pure returns (uint256 word_) {
        uint256 rd = (_half >> 7) & 0x1f;
        uint256 rs2 = (_half >> 2) & 0x1f;
        if (_key == C.LDSP) {
            if (rd == 0) revertWith(RevertCode.ILLEGAL_ENCODING);
            // uimm[5] at 12, uimm[4:3|8:6] at 6:2.
            return _typeI(
                I.LD,
                rd,
                Register.SP,
                Decode.bits(_half, 12, 1, 5) | Decode.bits(_half, 5, 2, 3) | Decode.bits(_half, 2, 3, 6)
            );
        }
        // uimm[5:3|8:6] at 12:7.
        if (_key == C.SDSP) {
            return _typeS(I.SD, Register.SP, rs2, Decode.bits(_half, 10, 3, 3) | Decode.bits(_half, 7, 3, 6));
        }
        if (_key == C.JR) return _registers(_half, rd, rs2);
        if (_key == C.SLLI) return _typeI(I.SLLI, rd, rd, Decode.bits(_half, 12, 1, 5) | rs2);
        if (_key == C.LWSP) {
            if (rd == 0) revertWith(RevertCode.ILLEGAL_ENCODING);
            // uimm[5] at 12, uimm[4:2|7:6] at 6:2.
            return _typeI(
                I.LW,
                rd,
                Register.SP,
                Decode.bits(_half, 12, 1, 5) | Decode.bits(_half, 4, 3, 2) | Decode.bits(_half, 2, 2, 6)
            );
        }
        // uimm[5:2|7:6] at 12:7.
        if (_key == C.SWSP) {
            return _typeS(I.SW, Register.SP, rs2, Decode.bits(_half, 9, 4, 2) | Decode.bits(_half, 7, 2, 6));
        }
        revertWith(RevertCode.UNKNOWN_OPCODE);
    }

    /// @dev `c.jr`, `c.mv`, `c.ebreak`, `c.jalr` and `c.add`.
    function _registers(uint256 _half, uint256 _rd, uint256 _rs2) private pure returns (uint256 word_) {
        bool isSecond = _half & C.MASK_FUNCT4 == C.ADD;
        if (_rs2 != 0) return _typeR(I.ADD, _rd, isSecond ? _rd : Register.ZERO, _rs2);
        if (_rd != 0) return _typeI(I.JALR, isSecond ? Register.RA : Register.ZERO, _rd, 0);
        // A system instruction that does nothing, unlike the call, whose immediate is 0.
        if (isSecond) return I.SYSTEM_NOP | (1 << 20);
        revertWith(RevertCode.ILLEGAL_ENCODING);
    }

    /// @dev uimm[5:3] at 12:10, uimm[2|6] at 6:5.
    function _immWord(uint256 _half) private pure returns (uint256) {
        return Decode.bits(_half, 10, 3, 3) | Decode.bits(_half, 6, 1, 2) | Decode.bits(_half, 5, 1, 6);
    }

    /// @dev uimm[5:3] at 12:10, uimm[7:6] at 6:5.
    function _immDouble(uint256 _half) private pure returns (uint256) {
        return Decode.bits(_half, 10, 3, 3) | Decode.bits(_half, 5, 2, 6);
    }

    /// @dev imm[8|4:3] at 12:10, imm[7:6|2:1|5] at 6:2, sign-extended.
    function _immB(uint256 _half) private pure returns (uint256) {
        return _signed(_half, 8) | Decode.bits(_half, 10, 2, 3) | Decode.bits(_half, 5, 2, 6)
            | Decode.bits(_half, 3, 2, 1) | Decode.bits(_half, 2, 1, 5);
    }

    /// @dev imm[11|4|9:8|10|6|7|3:1|5] at 12:2, sign-extended.
    function _immJ(uint256 _half) private pure returns (uint256) {
        return _signed(_half, 11) | Decode.bits(_half, 11, 1, 4) | Decode.bits(_half, 9, 2, 8)
            | Decode.bits(_half, 8, 1, 10) | Decode.bits(_half, 7, 1, 6) | Decode.bits(_half, 6, 1, 7)
            | Decode.bits(_half, 3, 3, 1) | Decode.bits(_half, 2, 1, 5);
    }

    /// @dev The register a three-bit field names: x8 to x15.
    function _registerPrime(uint256 _field) private pure returns (uint256) {
        return (_field & 7) | 8;
    }

    /// @dev rd, rs1, rs2.
    function _typeR(uint256 _base, uint256 _rd, uint256 _rs1, uint256 _rs2) private pure returns (uint256) {
        return _base | (_rd << 7) | (_rs1 << 15) | (_rs2 << 20);
    }

    /// @dev rd, rs1, 12-bit immediate.
    function _typeI(uint256 _base, uint256 _rd, uint256 _rs1, uint256 _imm) private pure returns (uint256) {
        return _base | (_rd << 7) | (_rs1 << 15) | ((_imm & 0xfff) << 20);
    }

    /// @dev rs1, rs2, 12-bit immediate.
    function _typeS(uint256 _base, uint256 _rs1, uint256 _rs2, uint256 _imm) private pure returns (uint256) {
        return _base | (_rs1 << 15) | (_rs2 << 20) | Decode.bits(_imm, 0, 5, 7) | Decode.bits(_imm, 5, 7, 25);
    }

    /// @dev rs1 compared with x0, 13-bit offset.
    function _typeB(uint256 _base, uint256 _rs1, uint256 _imm) private pure returns (uint256) {
        return _base | (_rs1 << 15) | Decode.bits(_imm, 11, 1, 7) | Decode.bits(_imm, 1, 4, 8)
            | Decode.bits(_imm, 5, 6, 25) | Decode.bits(_imm, 12, 1, 31);
    }

    /// @dev No register, 21-bit offset.
    function _typeJ(uint256 _base, uint256 _imm) private pure returns (uint256) {
        return _base | Decode.bits(_imm, 12, 8, 12) | Decode.bits(_imm, 11, 1, 20)
            | Decode.bits(_imm, 1, 10, 21) | Decode.bits(_imm, 20, 1, 31);
    }

    /// @dev Bit 12, put at bit `_to` and extended upwards.
    function _signed(uint256 _half, uint256 _to) private pure returns (uint256) {
        unchecked {
            return (0 - ((_half >> 12) & 1)) << _to;
        }
    }
}
