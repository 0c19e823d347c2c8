// Stands in for the native Solidity compiler towards forge, on top of the one of npm.
//
// forge calls a compiler in two ways only: with `--version`, and with `--standard-json` and the
// input on stdin. All sources are inlined in that input, so imports need not be resolved.
"use strict";

const fs = require("fs");
const solc = require("solc");

if (process.argv.includes("--version")) {
  // Forge wants the form of the native compiler's version.
  const version = solc.version().replace("Emscripten.clang", "Linux.g++");
  process.stdout.write(`solc, the solidity compiler commandline interface\nVersion: ${version}\n`);
} else if (process.argv.includes("--standard-json")) {
  process.stdout.write(solc.compile(fs.readFileSync(0, "utf8")));
} else {
  process.stderr.write("expected --version or --standard-json\n");
  process.exitCode = 1;
}
