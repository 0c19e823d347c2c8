// SPDX-License-Identifier: MIT
pragma solidity 0.8.25;

import { IPreimageOracle } from "src/interfaces/IPreimageOracle.sol";

/// @title StoredOracle
/// @notice Stands in for the pre-image oracle in tests. Anybody may load anything; what is read, and
///         from which storage, is as in the real one.
contract StoredOracle is IPreimageOracle {
    /// @notice Length of a pre-image, without the 8 bytes that stand for it.
    mapping(bytes32 => uint256) public preimageLengths;
    /// @notice Parts of pre-images by their offset.
    mapping(bytes32 => mapping(uint256 => bytes32)) public preimageParts;
    /// @notice Which parts there are.
    mapping(bytes32 => mapping(uint256 => bool)) public preimagePartOk;

    /// @notice Loads a part of a pre-image.
    function load(bytes32 _key, uint256 _offset, bytes32 _part, uint256 _length) external {
        preimagePartOk[_key][_offset] = true;
        preimageParts[_key][_offset] = _part;
        preimageLengths[_key] = _length;
    }

    /// @inheritdoc IPreimageOracle
    function readPreimage(
        bytes32 _key,
        uint256 _offset
    )
        external
        view
        returns (bytes32 data_, uint256 length_)
    {
        require(preimagePartOk[_key][_offset], "pre-image must exist");
        uint256 whole = preimageLengths[_key] + 8;
        length_ = _offset + 32 < whole ? 32 : whole - _offset;
        data_ = preimageParts[_key][_offset];
    }
}
