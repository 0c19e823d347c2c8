// SPDX-License-Identifier: MIT
pragma solidity 0.8.25;

/// @notice The few functions of forge's test machine that the tests use.
interface ICheats {
    /// @notice Reads a storage slot of any contract.
    function load(address _target, bytes32 _slot) external view returns (bytes32 value_);

    /// @notice Writes a storage slot of any contract.
    function store(address _target, bytes32 _slot, bytes32 _value) external;

    /// @notice Deploys the compiled contract of an artifact. Unlike `new`, this does not make the compiler
    ///         put the whole contract into the test.
    function deployCode(
        string calldata _artifact,
        bytes calldata _arguments
    )
        external
        returns (address deployed_);

    /// @notice Starts to record the logs.
    function recordLogs() external;

    /// @notice The logs since they are recorded.
    function getRecordedLogs() external returns (Log[] memory logs_);

    /// @notice A log.
    struct Log {
        bytes32[] topics;
        bytes data;
        address emitter;
    }
}

/// @title Cheats
/// @notice What all tests inherit.
abstract contract Cheats {
    /// @notice Forge's test machine.
    ICheats internal constant CHEATS = ICheats(address(uint160(uint256(keccak256("hevm cheat code")))));

    function assertEq(uint256 _actual, uint256 _expected, string memory _what) internal pure {
        require(_actual == _expected, _what);
    }

    function assertEq(bytes32 _actual, bytes32 _expected, string memory _what) internal pure {
        require(_actual == _expected, _what);
    }

    function assertEq(bytes memory _actual, bytes memory _expected, string memory _what) internal pure {
        require(keccak256(_actual) == keccak256(_expected), _what);
    }
}
