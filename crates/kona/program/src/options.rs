//! What a program must agree on with the host it runs against, and which rules it follows.

use axos_genesis::RuleSwitches;
use kona_preimage::{BlobKeyStyle, HintDialect, PrecompileKeyStyle};

/// Settings of a run. The default is what a program of today is built with.
///
/// The two key styles decide which pre-images are asked for, so a recorded run can only be replayed
/// with the styles it was recorded with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ProgramOptions {
    /// How blob keys name the evaluation point of a field element.
    pub blob_key_style: BlobKeyStyle,
    /// What precompile keys commit to. Also decides which precompile hint is sent.
    pub precompile_key_style: PrecompileKeyStyle,
    /// The family of hosts. The program itself reads from it only where configurations of unknown
    /// chains stand; how hints are written is up to the oracle.
    pub hint_dialect: HintDialect,
    /// Rules that changed inside a live fork. `None`: as the chain's configuration says.
    pub rule_switches: Option<RuleSwitches>,
}
