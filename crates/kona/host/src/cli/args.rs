//! Flags.

use std::path::PathBuf;

use alloy_primitives::B256;
use clap::{Args, Parser, Subcommand, ValueEnum};
use kona_preimage::HintDialect;
use support_cli::OutputFormat;

use crate::{
    BootFlags, DataFormat,
    boot::{BlobStyleName, PrecompileStyleName},
};

/// Judges claims on L2 output roots, from pre-images.
#[derive(Debug, Parser)]
#[command(name = "kona-host", version, subcommand_required = true, arg_required_else_help = true)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
    /// How results and errors look.
    #[arg(long, global = true, value_enum, default_value_t)]
    pub(super) format: OutputFormat,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Derive and execute one chain, and judge the claim.
    Single(Box<SingleArgs>),
    /// Execute one L2 block statelessly, and compare its header.
    ExecuteBlock(ExecuteBlockArgs),
    /// Work with stores of pre-images.
    Store(StoreArgs),
}

#[derive(Debug, Args)]
pub(super) struct SingleArgs {
    /// Run the program in this process.
    #[arg(long, required_unless_present = "server")]
    pub(super) native: bool,
    /// Serve a program in a VM, which started this process with four pipes at descriptors 3 to 6.
    #[arg(long, conflicts_with = "native")]
    pub(super) server: bool,
    #[command(flatten)]
    pub(super) sources: SourceArgs,
    #[command(flatten)]
    pub(super) dispute: DisputeArgs,
    #[command(flatten)]
    pub(super) settings: SettingArgs,
    #[command(flatten)]
    pub(super) nodes: NodeArgs,
    /// Tell on stderr what happens on the way.
    #[arg(long, short, action = clap::ArgAction::Count)]
    pub(super) verbose: u8,
}

/// Nodes that a challenger names. Pre-images come from stores alone.
#[derive(Debug, Args)]
pub(super) struct NodeArgs {
    /// Taken and not used, as all addresses of nodes.
    #[arg(long, visible_alias = "l1", env, value_name = "URL")]
    l1_node_address: Option<String>,
    /// Taken and not used.
    #[arg(long, visible_alias = "beacon", env, value_name = "URL")]
    l1_beacon_address: Option<String>,
    /// Taken and not used.
    #[arg(long, visible_alias = "l2", env, value_name = "URL")]
    l2_node_address: Option<String>,
}

impl NodeArgs {
    /// Whether any is given.
    pub(super) const fn is_any(&self) -> bool {
        self.l1_node_address.is_some()
            || self.l1_beacon_address.is_some()
            || self.l2_node_address.is_some()
    }
}

/// Where pre-images are.
#[derive(Debug, Args)]
#[group(id = "sources", required = true, multiple = true, args = ["witness", "data_dir"])]
pub(super) struct SourceArgs {
    /// Archive of pre-images; may be given more than once.
    #[arg(long, value_name = "FILE")]
    pub(super) witness: Vec<PathBuf>,
    /// Data directory with pre-images.
    #[arg(long, visible_alias = "db", env, value_name = "DIR")]
    pub(super) data_dir: Option<PathBuf>,
    /// Format of the data directory, if it does not tell.
    #[arg(long, value_enum, requires = "data_dir", value_name = "FORMAT")]
    pub(super) data_format: Option<DataFormat>,
}

/// The inputs of the dispute: files, or flags.
#[derive(Debug, Args)]
pub(super) struct DisputeArgs {
    /// Boot file in place of the flags below; given more than once, all are judged in turn.
    #[arg(long, value_name = "FILE", conflicts_with_all = DISPUTE_FLAGS)]
    pub(super) boot: Vec<PathBuf>,
    /// Hash of the L1 head: derivation ends with this block.
    #[arg(long, env, required_unless_present = "boot", value_name = "HASH")]
    l1_head: Option<B256>,
    /// Hash of the agreed L2 block, checked against the agreed output root.
    #[arg(long, visible_alias = "l2-head", env, value_name = "HASH")]
    agreed_l2_head_hash: Option<B256>,
    /// Output root to start from.
    #[arg(
        long,
        visible_alias = "l2-output-root",
        env,
        required_unless_present = "boot",
        value_name = "ROOT"
    )]
    agreed_l2_output_root: Option<B256>,
    /// Output root to judge.
    #[arg(
        long,
        visible_alias = "l2-claim",
        env,
        required_unless_present = "boot",
        value_name = "ROOT"
    )]
    claimed_l2_output_root: Option<B256>,
    /// Number of the L2 block that the claim is about.
    #[arg(
        long,
        visible_alias = "l2-block-number",
        env,
        required_unless_present = "boot",
        value_name = "NUMBER"
    )]
    claimed_l2_block_number: Option<u64>,
    /// Chain id of L2; needed unless a rollup configuration is given.
    #[arg(
        long,
        env,
        required_unless_present_any = ["boot", "rollup_config_path"],
        value_name = "ID"
    )]
    l2_chain_id: Option<u64>,
    /// Rollup configuration of a chain that is not built in.
    #[arg(long, visible_alias = "rollup-cfg", env, value_name = "FILE")]
    rollup_config_path: Option<PathBuf>,
    /// Configuration of an L1 chain that is not built in.
    #[arg(long, visible_alias = "l1-cfg", env, value_name = "FILE")]
    l1_config_path: Option<PathBuf>,
}

const DISPUTE_FLAGS: [&str; 8] = [
    "l1_head",
    "agreed_l2_head_hash",
    "agreed_l2_output_root",
    "claimed_l2_output_root",
    "claimed_l2_block_number",
    "l2_chain_id",
    "rollup_config_path",
    "l1_config_path",
];

impl DisputeArgs {
    /// The inputs as flags give them, which the parser has made sure are there.
    pub(super) fn flags(&self) -> BootFlags {
        BootFlags {
            l1_head: self.l1_head.unwrap_or_default(),
            agreed_l2_head_hash: self.agreed_l2_head_hash,
            agreed_l2_output_root: self.agreed_l2_output_root.unwrap_or_default(),
            claimed_l2_output_root: self.claimed_l2_output_root.unwrap_or_default(),
            claimed_l2_block_number: self.claimed_l2_block_number.unwrap_or_default(),
            chain_id: self.l2_chain_id,
            rollup_config_path: self.rollup_config_path.clone(),
            l1_config_path: self.l1_config_path.clone(),
        }
    }
}

/// What the pre-images were recorded with.
#[derive(Debug, Args)]
pub(super) struct SettingArgs {
    /// How blob keys were made; the boot file's word, or else root-of-unity.
    #[arg(long, value_enum, env, value_name = "STYLE")]
    pub(super) blob_key_style: Option<BlobStyleName>,
    /// How precompile keys were made; the boot file's word, or else v2.
    #[arg(long, value_enum, env, value_name = "STYLE")]
    pub(super) precompile_key_style: Option<PrecompileStyleName>,
    /// Family of programs whose hints and local keys to use; kona, or kona-2024 where precompile
    /// keys are v1.
    #[arg(long, value_enum, env, value_name = "DIALECT")]
    pub(super) hint_dialect: Option<DialectName>,
    /// Derive as programs before kona-client v1.7 did: let Holocene span batches differ from the
    /// safe chain they overlap.
    #[arg(long)]
    pub(super) no_holocene_overlap_check: bool,
}

/// Hint dialects by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum DialectName {
    /// kona since early 2026.
    Kona,
    /// kona up to early 2026.
    #[value(name = "kona-2025")]
    Kona2025,
    /// kona of 2024, with precompile keys v1.
    #[value(name = "kona-2024")]
    Kona2024,
    /// op-program.
    Go,
}

impl From<DialectName> for HintDialect {
    fn from(name: DialectName) -> Self {
        match name {
            DialectName::Kona => Self::Kona,
            DialectName::Kona2025 => Self::Kona2025,
            DialectName::Kona2024 => Self::Kona2024,
            DialectName::Go => Self::Go,
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct ExecuteBlockArgs {
    /// Block to execute: configuration, parent header, payload and expected hash, as JSON.
    #[arg(long, value_name = "FILE")]
    pub(super) block: PathBuf,
    /// Archive of the state, by plain keccak-256 hashes; may be given more than once.
    #[arg(long, required = true, value_name = "FILE")]
    pub(super) witness: Vec<PathBuf>,
    /// Header to compare with field by field, as JSON.
    #[arg(long, value_name = "FILE")]
    pub(super) expected_header: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct StoreArgs {
    #[command(subcommand)]
    pub(super) command: StoreCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum StoreCommand {
    /// Copy pre-images to a new store of another format, checking each.
    Convert(ConvertArgs),
}

#[derive(Debug, Args)]
pub(super) struct ConvertArgs {
    /// Archive, or data directory.
    #[arg(long, value_name = "PATH")]
    pub(super) from: PathBuf,
    /// Format of the data directory, if it does not tell.
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(super) from_format: Option<DataFormat>,
    /// What to make; must not be there yet.
    #[arg(long, value_name = "PATH")]
    pub(super) to: PathBuf,
    /// Format to make.
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(super) to_format: TargetFormat,
}

/// Formats that can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum TargetFormat {
    /// One compressed file.
    Archive,
    /// op-program's `file`.
    File,
    /// op-program's `directory`.
    Directory,
    /// Our own store: one file of records and a sorted index.
    Pack,
}

impl TargetFormat {
    /// The data directory's format; `None` for an archive.
    pub(super) const fn data_format(self) -> Option<DataFormat> {
        match self {
            Self::Archive => None,
            Self::File => Some(DataFormat::File),
            Self::Directory => Some(DataFormat::Directory),
            Self::Pack => Some(DataFormat::Pack),
        }
    }
}
