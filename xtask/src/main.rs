//! The project's own commands.
mod gen_chains;

fn main() -> Result<(), String> {
    let json = std::fs::read_to_string(gen_chains::SOURCE).map_err(|e| e.to_string())?;
    let source = gen_chains::generate(&json)?;
    std::fs::write(gen_chains::TARGET, source).map_err(|e| e.to_string())
}
