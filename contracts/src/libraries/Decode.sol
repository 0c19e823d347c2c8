// SPDX-License-Identifier: MIT
pragma solidity 0.8.25;

/// @title Decode
/// @notice Fields of a 32-bit instruction. Mirrors `asterisc-isa`, `decode.rs`.
library Decode {
    /// @notice Bits 11:7, the register written.
    function rd(uint256 _word) internal pure returns (uint256) {
        return (_word >> 7) & 0x1f;
    }

    /// @notice Bits 19:15, the first register read.
    function rs1(uint256 _word) internal pure returns (uint256) {
        return (_word >> 15) & 0x1f;
    }

    /// @notice Bits 24:20, the second register read.
    function rs2(uint256 _word) internal pure returns (uint256) {
        return (_word >> 20) & 0x1f;
    }

    /// @notice Bits 31:20, sign-extended.
    function immI(uint256 _word) internal pure returns (uint64) {
        return _signExtend(_word >> 20, 11);
    }

    /// @notice Bits 31:25 and 11:7, sign-extended.
    function immS(uint256 _word) internal pure returns (uint64) {
        return _signExtend(bits(_word, 25, 7, 5) | bits(_word, 7, 5, 0), 11);
    }

    /// @notice Bits 31, 7, 30:25 and 11:8 of a branch, in units of two bytes, sign-extended.
    function immB(uint256 _word) internal pure returns (uint64) {
        return _signExtend(
            bits(_word, 31, 1, 12) | bits(_word, 7, 1, 11) | bits(_word, 25, 6, 5) | bits(_word, 8, 4, 1), 12
        );
    }

    /// @notice Bits 31:12 in their place, sign-extended.
    function immU(uint256 _word) internal pure returns (uint64) {
        return _signExtend(_word & 0xfffff000, 31);
    }

    /// @notice Bits 31, 19:12, 20 and 30:21 of a jump, in units of two bytes, sign-extended.
    function immJ(uint256 _word) internal pure returns (uint64) {
        return _signExtend(
            bits(_word, 31, 1, 20) | bits(_word, 12, 8, 12) | bits(_word, 20, 1, 11) | bits(_word, 21, 10, 1),
            20
        );
    }

    /// @notice Takes `_count` bits from bit `_from` on and puts them at bit `_to`.
    function bits(uint256 _word, uint256 _from, uint256 _count, uint256 _to) internal pure returns (uint256) {
        unchecked {
            return ((_word >> _from) & ((1 << _count) - 1)) << _to;
        }
    }

    /// @dev Extends bit `_sign` upwards: where it is set, what is 2^(_sign + 1) less.
    function _signExtend(uint256 _value, uint256 _sign) private pure returns (uint64) {
        unchecked {
            uint256 bit = 1 << _sign;
            return uint64((_value ^ bit) - bit);
        }
    }
}
