//! Cases that fuzzing found or that were made by hand to start it.

use crate::{mpt_node, replay::replay};
use std::path::Path;

#[test]
fn corpus_of_mpt_node() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
    replay(&root, "mpt_node", mpt_node::run);
}
