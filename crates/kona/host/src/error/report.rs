//! Codes, exits and advice.

use std::{io, path::Path};

use axos_genesis::registry::RegistryError;
use kona_executor::ExecutorError;
use kona_preimage::PreimageKeyKind;
use kona_program::{Fault, ProgramError};
use support_cli::{Exit, Report};

use super::{HostError, Preimage};
use crate::{BlockFileError, BootError, ConvertError, PackError, ServerError, StoreError};

impl Report for HostError {
    fn code(&self) -> &'static str {
        match self {
            Self::Boot(error) => boot_code(error),
            Self::Store(error) | Self::Convert(ConvertError::Store(error)) => store_code(error),
            Self::Read { source, .. } => store_code(source),
            Self::Convert(ConvertError::Vanished { .. }) => "preimage-missing",
            Self::Convert(ConvertError::WrongValue(_)) => "preimage-wrong",
            Self::ClaimBelowAgreed { .. } => "claim-below-agreed-block",
            Self::AgreedHead { .. } => "agreed-block-mismatch",
            Self::Program { source, preimage } => program_code(source, preimage.as_ref()),
            Self::BlockFile(BlockFileError::Open { .. }) => "file-unreadable",
            Self::BlockFile(_) => "block-file-broken",
            Self::Execution { preimage: Some(_), .. } => "preimage-unusable",
            Self::Execution { .. } => "execution-failed",
            Self::Server(error) => server_code(error),
            Self::Output(_) => "output-failed",
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Boot(BootError::Open { source, .. })
            | Self::BlockFile(BlockFileError::Open { source, .. }) => open_exit(source),
            Self::Boot(BootError::NoChain)
            | Self::Server(ServerError::NoPipe { .. } | ServerError::Disputes { .. }) => {
                Exit::Usage
            }
            Self::Server(ServerError::Channel(_) | ServerError::Thread(_)) => Exit::Io,
            Self::Store(error) | Self::Convert(ConvertError::Store(error)) => store_exit(error),
            Self::Read { source, .. } => store_exit(source),
            Self::Output(_) => Exit::Io,
            Self::Boot(_)
            | Self::BlockFile(_)
            | Self::Convert(_)
            | Self::ClaimBelowAgreed { .. }
            | Self::AgreedHead { .. }
            | Self::Server(_)
            | Self::Program { .. }
            | Self::Execution { .. } => Exit::CannotJudge,
        }
    }

    fn value(&self) -> Option<String> {
        match self {
            Self::Read { preimage, .. } | Self::Server(ServerError::Preimage { preimage, .. }) => {
                Some(preimage.to_string())
            }
            Self::Program { preimage, .. } | Self::Execution { preimage, .. } => {
                preimage.as_ref().map(ToString::to_string)
            }
            Self::Boot(error) => boot_value(error),
            Self::ClaimBelowAgreed { claimed, .. } => Some(claimed.to_string()),
            Self::AgreedHead { root, .. } => Some(root.to_string()),
            Self::Store(StoreError::FormatUnsupported { found, .. }) => Some(found.clone()),
            _ => None,
        }
    }

    fn advice(&self) -> Option<String> {
        Some(match self {
            Self::Boot(error) => boot_advice(error),
            Self::Store(error) | Self::Convert(ConvertError::Store(error)) => store_advice(error),
            Self::Read { source, .. } => store_advice(source),
            Self::Convert(_) => RECORD_AGAIN.into(),
            Self::ClaimBelowAgreed { .. } => {
                "give an agreed block below the claimed one, or claim a later block; on chain, \
                 such a claim loses"
                    .into()
            }
            Self::AgreedHead { .. } => {
                "give the agreed output root and the agreed block hash of the same block".into()
            }
            Self::Program { source, preimage } => program_advice(source, preimage.as_ref()),
            Self::BlockFile(error) => block_file_advice(error),
            Self::Execution { preimage: Some(_), .. } => {
                "give an archive with the whole state that the block reads (--witness)".into()
            }
            Self::Execution { source, .. } => execution_advice(source),
            Self::Server(error) => server_advice(error),
            Self::Output(_) => "check the program or file that stdout goes to".into(),
        })
    }
}

impl std::fmt::Display for Preimage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} key {}", self.key.kind(), self.key)?;
        match &self.hint {
            Some(hint) => write!(f, ", last hint {hint}"),
            None => Ok(()),
        }
    }
}

const RECORD_AGAIN: &str = "record the pre-images again, or fetch them from another source";

const fn boot_code(error: &BootError) -> &'static str {
    match error {
        BootError::Open { .. } => "file-unreadable",
        BootError::File { .. } => "boot-file-broken",
        BootError::RollupConfig { .. } => "rollup-config-unusable",
        BootError::L1Config { .. } => "l1-config-unusable",
        BootError::ConfigChain { .. } => "config-of-other-chain",
        BootError::BuiltInDiffers { .. } => "config-differs-from-built-in",
        BootError::UnknownChain { .. } => "chain-unknown",
        BootError::NoChain => "chain-not-given",
    }
}

fn boot_value(error: &BootError) -> Option<String> {
    match error {
        BootError::ConfigChain { actual: id, .. }
        | BootError::BuiltInDiffers { chain_id: id, .. } => Some(id.to_string()),
        BootError::UnknownChain { source } => Some(match source {
            RegistryError::AltDa { l2_chain_id, .. } | RegistryError::UnknownL2 { l2_chain_id } => {
                l2_chain_id.to_string()
            }
            RegistryError::UnknownL1 { l1_chain_id } => l1_chain_id.to_string(),
        }),
        _ => None,
    }
}

fn boot_advice(error: &BootError) -> String {
    match error {
        BootError::Open { path, source } => open_advice(path, source),
        BootError::File { .. } => "compare it with the boot files that the README describes".into(),
        BootError::RollupConfig { .. } => {
            "give the rollup.json that op-node or kona reads (--rollup-config-path)".into()
        }
        BootError::L1Config { .. } => {
            "give the genesis file of L1, or its `config` object (--l1-config-path)".into()
        }
        BootError::ConfigChain { .. } => "give the configuration of the right chain".into(),
        BootError::BuiltInDiffers { .. } => {
            "leave the file out; for a chain with rules of its own, give it an id of its own".into()
        }
        BootError::UnknownChain { source: RegistryError::AltDa { .. } } => {
            "choose a chain that posts its batches on L1".into()
        }
        BootError::UnknownChain { .. } => {
            "check the chain id, or give its rollup configuration (--rollup-config-path, or \
             `rollup_config` in the boot file)"
                .into()
        }
        BootError::NoChain => "give --l2-chain-id or --rollup-config-path".into(),
    }
}

const fn store_code(error: &StoreError) -> &'static str {
    match error {
        StoreError::Open { .. } => "file-unreadable",
        StoreError::Io { .. } => "io-failed",
        StoreError::Exists { .. } => "target-exists",
        StoreError::Archive { .. } => "archive-broken",
        StoreError::Pack { source: PackError::Locked, .. } => "store-locked",
        StoreError::Pack { .. } => "pack-broken",
        StoreError::FormatUnknown { .. } => "data-format-unknown",
        StoreError::FormatUnsupported { .. } => "data-format-unsupported",
        StoreError::FormatConflict { .. } => "data-format-conflict",
        StoreError::NotHex { .. } => "value-not-hex",
        StoreError::ValueTooLong { .. } => "value-too-long",
        StoreError::ValueConflict { .. } => "value-conflict",
        StoreError::OutOfMemory { .. } => "out-of-memory",
    }
}

fn store_exit(error: &StoreError) -> Exit {
    match error {
        StoreError::Open { source, .. } => open_exit(source),
        StoreError::Exists { .. } => Exit::CannotCreate,
        StoreError::Io { .. }
        | StoreError::OutOfMemory { .. }
        | StoreError::Pack { source: PackError::Io(_) | PackError::Locked, .. } => Exit::Io,
        StoreError::FormatUnknown { .. } | StoreError::FormatConflict { .. } => Exit::Usage,
        StoreError::Archive { .. }
        | StoreError::Pack { .. }
        | StoreError::FormatUnsupported { .. }
        | StoreError::NotHex { .. }
        | StoreError::ValueTooLong { .. }
        | StoreError::ValueConflict { .. } => Exit::CannotJudge,
    }
}

fn store_advice(error: &StoreError) -> String {
    match error {
        StoreError::Open { path, source } => open_advice(path, source),
        StoreError::Io { .. } => "check the disk, and that there is space left on it".into(),
        StoreError::Exists { .. } => {
            "name a target that is not there yet; nothing is overwritten".into()
        }
        StoreError::Archive { .. } => {
            "fetch the archive again, and compare its size and checksum with the original's".into()
        }
        StoreError::Pack { source: PackError::Locked, .. } => {
            "wait until the other program is done".into()
        }
        StoreError::Pack { source: PackError::Version { .. }, .. } => {
            "use a newer kona-host, or convert the store again".into()
        }
        StoreError::Pack { .. } => {
            "make the store again from its source (kona-host store convert)".into()
        }
        StoreError::FormatUnknown { .. } => "tell the format with --data-format".into(),
        StoreError::FormatUnsupported { .. } => {
            "have the program that wrote it write `file` or `directory`, which can be read".into()
        }
        StoreError::FormatConflict { .. } => "leave the flag for the format out".into(),
        StoreError::NotHex { .. } | StoreError::ValueTooLong { .. } => RECORD_AGAIN.into(),
        StoreError::ValueConflict { .. } => "use a store of its own for each source".into(),
        StoreError::OutOfMemory { .. } => "run on a machine with more memory".into(),
    }
}

fn open_exit(source: &io::Error) -> Exit {
    use io::ErrorKind::{IsADirectory, NotADirectory, NotFound, PermissionDenied};
    match source.kind() {
        NotFound | PermissionDenied | IsADirectory | NotADirectory => Exit::NoInput,
        _ => Exit::Io,
    }
}

fn open_advice(path: &Path, source: &io::Error) -> String {
    match source.kind() {
        io::ErrorKind::NotFound => format!("check the path: ls -l {}", path.display()),
        io::ErrorKind::PermissionDenied => {
            format!("make it readable: chmod u+r {}", path.display())
        }
        io::ErrorKind::IsADirectory => "name a file; data directories go with --data-dir".into(),
        io::ErrorKind::NotADirectory => "name a directory; archives go with --witness".into(),
        _ => "check the disk".into(),
    }
}

fn program_code(error: &ProgramError, preimage: Option<&Preimage>) -> &'static str {
    match error {
        _ if preimage.is_some() => "preimage-unusable",
        ProgramError::L1HeadBelowOrigin { .. } => "l1-head-too-low",
        ProgramError::OriginNotInChain { .. } => "l1-head-of-other-chain",
        error => match error.fault() {
            Fault::Infrastructure => "preimage-unusable",
            Fault::Input => "inputs-do-not-fit",
            Fault::Bug => "bug",
        },
    }
}

fn program_advice(error: &ProgramError, preimage: Option<&Preimage>) -> String {
    let kind = preimage.map(|preimage| preimage.key.kind());
    match (error.fault(), kind) {
        (Fault::Infrastructure, Some(PreimageKeyKind::Blob)) => {
            "check that the pre-images were recorded with this --blob-key-style, and that they \
             are complete"
                .into()
        }
        (Fault::Infrastructure, Some(PreimageKeyKind::Precompile)) => {
            "check that the pre-images were recorded with this --precompile-key-style, and that \
             they are complete"
                .into()
        }
        (Fault::Infrastructure, Some(PreimageKeyKind::Local)) => {
            "check that --hint-dialect is the one the chain's configuration was made for, and \
             that the configuration is given"
                .into()
        }
        (Fault::Infrastructure, _) => {
            "add a store with this pre-image (--witness or --data-dir), or record the run again; \
             check that the inputs are those it was recorded with"
                .into()
        }
        (Fault::Input, _) => {
            "check L1 head, agreed output root and chain: they must be of the same chains, and \
             the L1 head above the L1 origin of the agreed block"
                .into()
        }
        (Fault::Bug, _) => "this must not happen: report it with the inputs and --verbose".into(),
    }
}

fn block_file_advice(error: &BlockFileError) -> String {
    match error {
        BlockFileError::Open { path, source } => open_advice(path, source),
        BlockFileError::Json { .. } | BlockFileError::Payload { .. } => {
            "compare it with the block files that the README describes".into()
        }
        BlockFileError::RollupConfig { .. } => {
            "put the rollup.json that op-node or kona reads under `rollup_config`".into()
        }
    }
}

fn execution_advice(error: &ExecutorError) -> String {
    match error {
        ExecutorError::Attributes(_) | ExecutorError::BaseFee(_) => {
            "check that payload, parent header and configuration are of the same chain".into()
        }
        _ => "this must not happen: report it with the block and its archive".into(),
    }
}

const fn server_code(error: &ServerError) -> &'static str {
    match error {
        ServerError::NoPipe { .. } => "no-pipe",
        ServerError::Disputes { .. } => "several-disputes",
        ServerError::Preimage { .. } => "preimage-unusable",
        ServerError::Key(_) => "key-broken",
        ServerError::Channel(_) => "pipe-failed",
        ServerError::Thread(_) => "io-failed",
    }
}

fn server_advice(error: &ServerError) -> String {
    match error {
        ServerError::NoPipe { .. } => {
            "let a VM start the server: asterisc run … -- kona-host single --server …".into()
        }
        ServerError::Disputes { .. } => "give one --boot".into(),
        ServerError::Preimage { hint_error: Some(error), .. } => {
            format!("the hint can't be read ({error}): check --hint-dialect")
        }
        ServerError::Preimage { .. } => {
            "add a store with this pre-image (--witness or --data-dir); check that program and \
             inputs are those it was recorded with"
                .into()
        }
        ServerError::Key(_) => "check the program: it sends something else than keys".into(),
        ServerError::Channel(_) => "see how the VM ended".into(),
        ServerError::Thread(_) => "check the limits on processes".into(),
    }
}
