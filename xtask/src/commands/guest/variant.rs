//! The machines guests are built for.

/// A machine, as the command line names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum GuestTarget {
    /// asterisc, with and without compressed instructions.
    Riscv64,
    /// cannon.
    Mips64,
}

impl GuestTarget {
    pub(super) const fn variants(self) -> &'static [Variant] {
        match self {
            Self::Riscv64 => &[Variant::Riscv64imac, Variant::Riscv64ima],
            Self::Mips64 => &[Variant::Mips64],
        }
    }

    pub(super) fn is_riscv(self) -> bool {
        self == Self::Riscv64
    }
}

/// A machine with its instructions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Variant {
    /// RISC-V, with compressed instructions.
    Riscv64imac,
    /// RISC-V, as the VMs before ours have it.
    Riscv64ima,
    /// MIPS, 64 bits, big-endian.
    Mips64,
}

impl Variant {
    /// The folder its guests go to.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Riscv64imac => "riscv64imac",
            Self::Riscv64ima => "riscv64ima",
            Self::Mips64 => "mips64",
        }
    }

    /// What the compiler calls the target, or its description in the repository.
    pub(super) const fn target(self) -> &'static str {
        match self {
            Self::Riscv64imac | Self::Riscv64ima => "riscv64imac-unknown-none-elf",
            Self::Mips64 => "guests/targets/mips64-unknown-none.json",
        }
    }

    /// The folder Cargo names after the target.
    pub(super) const fn target_folder(self) -> &'static str {
        match self {
            Self::Riscv64imac | Self::Riscv64ima => "riscv64imac-unknown-none-elf",
            Self::Mips64 => "mips64-unknown-none",
        }
    }

    /// The variable that tells Cargo the linker.
    pub(super) const fn linker_variable(self) -> &'static str {
        match self {
            Self::Riscv64imac | Self::Riscv64ima => {
                "CARGO_TARGET_RISCV64IMAC_UNKNOWN_NONE_ELF_LINKER"
            }
            Self::Mips64 => "CARGO_TARGET_MIPS64_UNKNOWN_NONE_LINKER",
        }
    }

    /// Instructions beyond the target's, or less.
    ///
    /// Words may be loaded and stored at any address, since the machine knows no alignment; a
    /// compiler that does not know this moves bytes. With relaxation the linker makes one
    /// instruction of most calls and loads of addresses.
    pub(super) const fn features(self) -> &'static str {
        match self {
            Self::Riscv64imac => "+unaligned-scalar-mem,+relax",
            Self::Riscv64ima => "+unaligned-scalar-mem,+relax,-c",
            Self::Mips64 => "",
        }
    }

    pub(super) const fn is_riscv(self) -> bool {
        matches!(self, Self::Riscv64imac | Self::Riscv64ima)
    }
}
