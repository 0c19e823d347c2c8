// SPDX-License-Identifier: MIT
pragma solidity 0.8.25;

import { I, AtomicOp, RevertCode } from "src/generated/Machine.sol";
import { revertWith } from "src/libraries/VmStates.sol";

/// @title Alu
/// @notice What the arithmetic instructions compute. Mirrors `asterisc-isa`, `alu.rs`, and the rows
///         of `table.rs`.
///
///         All arithmetic is modulo 2^64; results of word operations are sign-extended from bit 31.
library Alu {
    /// @notice `OP-IMM`: a register and a sign-extended immediate.
    function immediate(uint256 _word, uint64 _a, uint64 _imm) internal pure returns (uint64 value_) {
        unchecked {
            uint256 key = _word & I.MASK_FUNCT3;
            if (key == I.ADDI) return _a + _imm;
            if (key == I.ANDI) return _a & _imm;
            if (key == I.SLLI) return _a << (_imm & 63);
            if (key == I.ORI) return _a | _imm;
            if (key == I.XORI) return _a ^ _imm;
            if (key == I.SLTI) return _lessSigned(_a, _imm);
            if (key == I.SLTIU) return _less(_a, _imm);
            key = _word & I.MASK_FUNCT6;
            if (key == I.SRLI) return _a >> (_imm & 63);
            if (key == I.SRAI) return _shiftSigned(_a, _imm & 63);
            revertWith(RevertCode.ILLEGAL_ENCODING);
        }
    }

    /// @notice `OP-IMM-32`: the low word of a register and an immediate.
    function immediateWord(uint256 _word, uint64 _a, uint64 _imm) internal pure returns (uint64 value_) {
        unchecked {
            if (_word & I.MASK_FUNCT3 == I.ADDIW) return signExtend32(_a + _imm);
            if (_word & I.MASK_FUNCT3_BIT25 == I.SLLIW) return signExtend32(_a << (_imm & 31));
            uint256 key = _word & I.MASK_FUNCT7;
            if (key == I.SRLIW) return signExtend32(uint32(_a) >> (_imm & 31));
            if (key == I.SRAIW) return _shiftSigned(signExtend32(_a), _imm & 31);
            revertWith(RevertCode.ILLEGAL_ENCODING);
        }
    }

    /// @notice `OP`: two registers.
    function register(uint256 _word, uint64 _a, uint64 _b) internal pure returns (uint64 value_) {
        unchecked {
            uint256 key = _word & I.MASK_FUNCT7;
            if (key == I.ADD) return _a + _b;
            if (key == I.SUB) return _a - _b;
            if (_word & I.MASK_OPCODE_FUNCT7 == I.MUL) return _multiply(key, _a, _b);
            if (key == I.SRL) return _a >> (_b & 63);
            if (key == I.SRA) return _shiftSigned(_a, _b & 63);
            // The others do not look at the upper bits.
            key = _word & I.MASK_FUNCT3;
            if (key == I.AND) return _a & _b;
            if (key == I.OR) return _a | _b;
            if (key == I.XOR) return _a ^ _b;
            if (key == I.SLL) return _a << (_b & 63);
            if (key == I.SLTU) return _less(_a, _b);
            if (key == I.SLT) return _lessSigned(_a, _b);
            revertWith(RevertCode.ILLEGAL_ENCODING);
        }
    }

    /// @notice `OP-32`: the low words of two registers.
    function registerWord(uint256 _word, uint64 _a, uint64 _b) internal pure returns (uint64 value_) {
        unchecked {
            uint256 key = _word & I.MASK_FUNCT7;
            if (key == I.ADDW) return signExtend32(_a + _b);
            if (key == I.SUBW) return signExtend32(_a - _b);
            if (_word & I.MASK_OPCODE_FUNCT7 == I.MULW) return _multiplyWord(key, _a, _b);
            if (key == I.SRLW) return signExtend32(uint32(_a) >> (_b & 31));
            if (key == I.SRAW) return _shiftSigned(signExtend32(_a), _b & 31);
            if (_word & I.MASK_FUNCT3 == I.SLLW) return signExtend32(_a << (_b & 31));
            revertWith(RevertCode.ILLEGAL_ENCODING);
        }
    }

    /// @notice What an atomic stores, of the old value and the operand, both sign-extended to 64 bits.
    function atomic(uint256 _operation, uint64 _old, uint64 _operand) internal pure returns (uint64 value_) {
        unchecked {
            if (_operation == AtomicOp.ADD) return _old + _operand;
            if (_operation == AtomicOp.SWAP) return _operand;
            if (_operation == AtomicOp.XOR) return _old ^ _operand;
            if (_operation == AtomicOp.OR) return _old | _operand;
            if (_operation == AtomicOp.AND) return _old & _operand;
            if (_operation == AtomicOp.MIN) return int64(_old) < int64(_operand) ? _old : _operand;
            if (_operation == AtomicOp.MAX) return int64(_old) > int64(_operand) ? _old : _operand;
            if (_operation == AtomicOp.MINU) return _old < _operand ? _old : _operand;
            if (_operation == AtomicOp.MAXU) return _old > _operand ? _old : _operand;
            revertWith(RevertCode.UNKNOWN_ATOMIC);
        }
    }

    /// @notice Sign-extends the low 32 bits.
    function signExtend32(uint64 _value) internal pure returns (uint64) {
        return uint64(int64(int32(uint32(_value))));
    }

    /// @dev Products and quotients. By zero, a quotient is all ones and a remainder the dividend;
    ///      −2^63 by −1 is −2^63 and leaves 0.
    function _multiply(uint256 _key, uint64 _a, uint64 _b) private pure returns (uint64) {
        unchecked {
            if (_key == I.MUL) return _a * _b;
            if (_key == I.MULHU) return uint64((uint256(_a) * uint256(_b)) >> 64);
            if (_key == I.MULH) return uint64(uint256((int256(int64(_a)) * int256(int64(_b))) >> 64));
            if (_key == I.MULHSU) return uint64(uint256((int256(int64(_a)) * int256(uint256(_b))) >> 64));
            if (_key == I.DIVU) return _b == 0 ? type(uint64).max : _a / _b;
            if (_key == I.REMU) return _b == 0 ? _a : _a % _b;
            if (_key == I.DIV) return _b == 0 ? type(uint64).max : uint64(int64(_a) / int64(_b));
            return _b == 0 ? _a : uint64(int64(_a) % int64(_b));
        }
    }

    /// @dev The same on the low words.
    function _multiplyWord(uint256 _key, uint64 _a, uint64 _b) private pure returns (uint64 value_) {
        unchecked {
            if (_key == I.MULW) return signExtend32(_a * _b);
            if (_key == I.DIVUW || _key == I.REMUW) {
                (uint32 a, uint32 b) = (uint32(_a), uint32(_b));
                if (_key == I.DIVUW) return b == 0 ? type(uint64).max : signExtend32(a / b);
                return signExtend32(b == 0 ? a : a % b);
            }
            if (_key == I.DIVW || _key == I.REMW) {
                (int64 a, int64 b) = (int32(uint32(_a)), int32(uint32(_b)));
                if (_key == I.DIVW) return b == 0 ? type(uint64).max : signExtend32(uint64(a / b));
                return b == 0 ? uint64(a) : uint64(a % b);
            }
            revertWith(RevertCode.ILLEGAL_ENCODING);
        }
    }

    /// @dev 1 where `_a < _b` as unsigned numbers, else 0.
    function _less(uint64 _a, uint64 _b) private pure returns (uint64) {
        return _a < _b ? 1 : 0;
    }

    /// @dev 1 where `_a < _b` as signed numbers, else 0.
    function _lessSigned(uint64 _a, uint64 _b) private pure returns (uint64) {
        return int64(_a) < int64(_b) ? 1 : 0;
    }

    /// @dev Shift right, filling with the sign.
    function _shiftSigned(uint64 _a, uint64 _count) private pure returns (uint64) {
        return uint64(int64(_a) >> _count);
    }
}
