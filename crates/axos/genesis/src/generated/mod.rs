//! Tables written by `cargo xtask gen`; not to be edited by hand.

#[rustfmt::skip]
pub(crate) mod chains;
