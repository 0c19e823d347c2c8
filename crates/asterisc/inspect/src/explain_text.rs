//! A step as a page for people.

use std::fmt;

use crate::{
    Explanation, SyscallView,
    explain::{LeafView, Outcome, PreimageView, StateView},
};

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fmt_instruction(f)?;
        if !self.changes.is_empty() {
            writeln!(f, "\nchanges")?;
        }
        for change in &self.changes {
            writeln!(f, "  {:<16}  {} -> {}", change.field, change.before, change.after)?;
        }
        if let Some(syscall) = &self.syscall {
            fmt_syscall(f, syscall)?;
        }
        if let Some(preimage) = &self.preimage {
            fmt_preimage(f, preimage)?;
        }
        for hint in &self.hints {
            writeln!(f, "\nhint\n  {hint}")?;
        }
        if let Some(output) = &self.output {
            writeln!(f, "\noutput\n  {output}")?;
        }
        self.fmt_leaves(f)?;
        self.fmt_outcome(f)
    }
}

impl Explanation {
    fn fmt_instruction(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(instruction) = &self.instruction else {
            return writeln!(
                f,
                "step {}: the program has exited; no step changes anything any more",
                self.step
            );
        };
        let symbol = instruction.line.symbol.as_deref().unwrap_or("[unknown]");
        writeln!(f, "step {} at {} in {symbol}\n", self.step, instruction.line.address)?;
        writeln!(f, "{}", instruction.line)?;
        writeln!(f, "{:22}  {}", "", instruction.effect)?;
        if !instruction.reads.is_empty() {
            writeln!(f, "\nreads")?;
        }
        for operand in &instruction.reads {
            writeln!(f, "  {:<16}  {}", operand.register, operand.value)?;
        }
        Ok(())
    }

    fn fmt_leaves(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.leaves.is_empty() {
            return Ok(());
        }
        writeln!(f, "\nleaves, in the order of their proofs")?;
        for LeafView { slot, address, purpose, before, after } in &self.leaves {
            writeln!(f, "  {slot}  {address}  {purpose}")?;
            writeln!(f, "     {}", in_words(before))?;
            match after {
                Some(after) if after == before => writeln!(f, "     written as it was")?,
                Some(after) => writeln!(f, "  -> {}", in_words(after))?,
                None => {}
            }
        }
        Ok(())
    }

    fn fmt_outcome(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\nstate")?;
        fmt_state(f, "before", &self.prestate)?;
        match &self.outcome {
            Outcome::Next { poststate } => {
                fmt_state(f, "after", poststate)?;
                write!(f, "\nThe replay from the witness and its proofs gives the same state.")
            }
            Outcome::Revert { code, meaning, detail } => {
                writeln!(f, "\nreverts with {code}: {meaning}")?;
                if let Some(detail) = detail {
                    writeln!(f, "  {detail}")?;
                }
                write!(
                    f,
                    "No valid next state exists. The replay from the witness reverts likewise."
                )
            }
        }
    }
}

fn fmt_syscall(f: &mut fmt::Formatter<'_>, syscall: &SyscallView) -> fmt::Result {
    writeln!(f, "\nsystem call {} ({})", syscall.name, syscall.number)?;
    writeln!(f, "  {}", syscall.behaviour)?;
    for argument in &syscall.arguments {
        let place = format!("{} ({})", argument.name, argument.register);
        write!(f, "  {place:<16}  {}", argument.value)?;
        match argument.meaning {
            Some(meaning) => writeln!(f, " ({meaning})")?,
            None => writeln!(f)?,
        }
    }
    if let (Some(result), Some(error)) = (syscall.result, syscall.error) {
        writeln!(f, "  {:<16}  {result}, error number {error}", "returns")?;
    }
    Ok(())
}

fn fmt_preimage(f: &mut fmt::Formatter<'_>, preimage: &PreimageView) -> fmt::Result {
    let PreimageView { key, kind, meaning, offset, length, part } = preimage;
    let meaning = meaning.map(|meaning| format!(": {meaning}")).unwrap_or_default();
    writeln!(f, "\npre-image")?;
    writeln!(f, "  {:<16}  {key} ({kind}{meaning})", "key")?;
    writeln!(f, "  {:<16}  {length} bytes, after 8 bytes of length", "data")?;
    writeln!(f, "  {:<16}  {part}", format!("from {offset} on"))
}

fn fmt_state(f: &mut fmt::Formatter<'_>, when: &str, state: &StateView) -> fmt::Result {
    let StateView { hash, memory_root, status } = state;
    writeln!(f, "  {when:<6}  {hash}  {status}\n  {:<6}  {memory_root}  memory root", "")
}

/// 64 digits as eight groups.
fn in_words(digits: &str) -> String {
    let groups: Vec<_> = digits.as_bytes().chunks(8).map(String::from_utf8_lossy).collect();
    groups.join(" ")
}
