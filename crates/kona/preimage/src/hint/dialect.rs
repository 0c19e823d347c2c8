//! Names and payload sizes of hints by family of hosts.

use core::fmt;

/// How a family of hosts writes hints.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum HintDialect {
    /// kona hosts since early 2026: `l1-blob` without the index, proofs by number or hash.
    #[default]
    Kona,
    /// kona hosts up to early 2026: `l1-blob` with the index, proofs by number alone.
    Kona2025,
    /// kona hosts of 2024: as [`Self::Kona2025`], and precompile hints without gas.
    Kona2024,
    /// Hosts of the Go op-program.
    Go,
}

impl HintDialect {
    /// All dialects, the newest of a family first.
    pub const ALL: [Self; 4] = [Self::Kona, Self::Kona2025, Self::Kona2024, Self::Go];
}

impl fmt::Display for HintDialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Kona => "kona",
            Self::Kona2025 => "kona-2025",
            Self::Kona2024 => "kona-2024",
            Self::Go => "go",
        })
    }
}

/// The kind of a [`crate::Hint`], without its payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "each is described at the variant of `Hint` with the same name")]
pub enum HintKind {
    L1BlockHeader,
    L1Transactions,
    L1Receipts,
    L1Blob,
    L1Precompile,
    L1PrecompileV1,
    L2BlockHeader,
    L2Transactions,
    L2Receipts,
    L2Code,
    L2StateNode,
    StartingOutput,
    AgreedPreState,
    L2OutputRoot,
    L2AccountProof,
    L2AccountStorageProof,
    L2PayloadWitness,
    L2BlockData,
}

/// Sizes in bytes that the payload of a hint may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PayloadSize {
    /// One of these.
    OneOf(&'static [usize]),
    /// This many and any number more.
    AtLeast(usize),
}

impl HintKind {
    /// All kinds.
    pub const ALL: [Self; 18] = [
        Self::L1BlockHeader,
        Self::L1Transactions,
        Self::L1Receipts,
        Self::L1Blob,
        Self::L1Precompile,
        Self::L1PrecompileV1,
        Self::L2BlockHeader,
        Self::L2Transactions,
        Self::L2Receipts,
        Self::L2Code,
        Self::L2StateNode,
        Self::StartingOutput,
        Self::AgreedPreState,
        Self::L2OutputRoot,
        Self::L2AccountProof,
        Self::L2AccountStorageProof,
        Self::L2PayloadWitness,
        Self::L2BlockData,
    ];

    /// The name in `dialect`; `None` if its hosts have no such hint.
    ///
    /// `l1-precompile` is the one name that means different things: with gas for kona hosts since
    /// 2025, without for those before and for Go hosts.
    pub const fn name(self, dialect: HintDialect) -> Option<&'static str> {
        let is_go = matches!(dialect, HintDialect::Go);
        let is_kona_2024 = matches!(dialect, HintDialect::Kona2024);
        Some(match self {
            Self::L1BlockHeader => "l1-block-header",
            Self::L1Transactions => "l1-transactions",
            Self::L1Receipts => "l1-receipts",
            Self::L1Blob => "l1-blob",
            Self::L1Precompile if is_go => "l1-precompile-v2",
            Self::L1PrecompileV1 if is_go || is_kona_2024 => "l1-precompile",
            Self::L1Precompile if !is_kona_2024 => "l1-precompile",
            Self::L1Precompile | Self::L1PrecompileV1 => return None,
            Self::L2BlockHeader => "l2-block-header",
            Self::L2Transactions => "l2-transactions",
            Self::L2Receipts => "l2-receipts",
            Self::L2Code => "l2-code",
            Self::L2StateNode => "l2-state-node",
            Self::StartingOutput if is_go => "l2-output",
            Self::StartingOutput => "starting-l2-output",
            Self::AgreedPreState => "agreed-pre-state",
            Self::L2OutputRoot | Self::L2AccountStorageProof if is_go => return None,
            Self::L2OutputRoot => "l2-output-root",
            Self::L2AccountProof => "l2-account-proof",
            Self::L2AccountStorageProof => "l2-account-storage-proof",
            Self::L2PayloadWitness => "l2-payload-witness",
            Self::L2BlockData => "l2-block-data",
        })
    }

    /// The kind that `name` stands for in `dialect`.
    pub fn from_name(name: &str, dialect: HintDialect) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name(dialect) == Some(name))
    }

    /// The sizes that hosts of `dialect` take.
    pub(crate) const fn payload_size(self, dialect: HintDialect) -> PayloadSize {
        use HintDialect::{Go, Kona, Kona2024, Kona2025};
        use PayloadSize::{AtLeast, OneOf};
        match (self, dialect) {
            (Self::L1BlockHeader | Self::L1Transactions | Self::L1Receipts, _) => OneOf(&[32]),
            (Self::L1Blob, Kona) => OneOf(&[40, 48]),
            (Self::L1Blob, Kona2025 | Kona2024 | Go) => OneOf(&[48]),
            (Self::L1Precompile, _) => AtLeast(28),
            (Self::L1PrecompileV1, _) => AtLeast(20),
            (Self::L2BlockHeader | Self::L2Transactions | Self::L2Code | Self::L2StateNode, _) => {
                OneOf(&[32, 40])
            }
            (Self::StartingOutput, Go) => OneOf(&[32, 40]),
            (Self::StartingOutput, Kona | Kona2025 | Kona2024) => OneOf(&[32]),
            (Self::AgreedPreState, _) => OneOf(&[32]),
            (Self::L2Receipts | Self::L2OutputRoot, _) => OneOf(&[40]),
            (Self::L2AccountProof, Kona) => OneOf(&[28, 36, 52, 60]),
            (Self::L2AccountProof, Kona2025 | Kona2024) => OneOf(&[28, 36]),
            (Self::L2AccountProof, Go) => OneOf(&[60]),
            (Self::L2AccountStorageProof, Kona) => OneOf(&[60, 68, 84, 92]),
            (Self::L2AccountStorageProof, Kona2025 | Kona2024 | Go) => OneOf(&[60, 68]),
            (Self::L2PayloadWitness, Kona | Kona2025 | Kona2024) => AtLeast(32),
            (Self::L2PayloadWitness, Go) => AtLeast(0),
            (Self::L2BlockData, _) => OneOf(&[72]),
        }
    }
}

impl PayloadSize {
    pub(crate) fn allows(self, bytes: usize) -> bool {
        match self {
            Self::OneOf(sizes) => sizes.contains(&bytes),
            Self::AtLeast(least) => bytes >= least,
        }
    }
}

impl fmt::Display for PayloadSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtLeast(least) => write!(f, "at least {least}"),
            Self::OneOf(sizes) => {
                for (i, size) in sizes.iter().enumerate() {
                    let separator = if i == 0 { "" } else { " or " };
                    write!(f, "{separator}{size}")?;
                }
                Ok(())
            }
        }
    }
}

impl fmt::Display for HintKind {
    /// The name that most hosts use.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name(HintDialect::Kona).or_else(|| self.name(HintDialect::Go));
        f.write_str(name.unwrap_or_default())
    }
}
