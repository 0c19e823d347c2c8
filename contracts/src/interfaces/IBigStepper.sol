// SPDX-License-Identifier: MIT
pragma solidity ^0.8.0;

import { IPreimageOracle } from "src/interfaces/IPreimageOracle.sol";

/// @title IBigStepper
/// @notice A machine that a dispute game can run for a single step.
interface IBigStepper {
    /// @notice Executes one step.
    /// @param _stateData    The witness of the state before the step.
    /// @param _proof        Proofs of the memory the step touches.
    /// @param _localContext What tells the local pre-images of one dispute from those of another.
    /// @return postState_ Hash of the state after the step, its first byte the status of the machine.
    function step(
        bytes calldata _stateData,
        bytes calldata _proof,
        bytes32 _localContext
    )
        external
        returns (bytes32 postState_);

    /// @notice The oracle the machine reads pre-images from.
    function oracle() external view returns (IPreimageOracle oracle_);
}
