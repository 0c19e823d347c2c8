// SPDX-License-Identifier: MIT
pragma solidity ^0.8.0;

/// @title IPreimageOracle
/// @notice The part of the pre-image oracle that a VM reads.
interface IPreimageOracle {
    /// @notice Reads a part of a pre-image that was proven before.
    /// @param _key    Typed key of the pre-image.
    /// @param _offset Offset into the pre-image's 8-byte length and its data.
    /// @return data_   The bytes from the offset on, at most 32, padded with zeros.
    /// @return length_ How many of them there are.
    function readPreimage(
        bytes32 _key,
        uint256 _offset
    )
        external
        view
        returns (bytes32 data_, uint256 length_);
}
