#!/bin/sh
# Builds the fault proof program into a folder: ELF files, symbols, and the states before the first
# step, named by their hashes. Fails if a hash is another than in prestates.json.
#
# To be run in the root of the repository.
set -eu

out="${1:?is the folder to write to}"
packages="$(dirname "$0")/../packages"

mkdir -p "$out"
cargo --locked xtask prestate --verify --output "$out"
# With which compiler, for whoever finds another hash.
grep -hv '^#' "$packages/cargo.txt" "$packages/guests.txt" | sort -u |
    xargs dpkg-query --show >"$out/packages.txt"
cd "$out"
rm -f SHA256SUMS
sha256sum -- * >SHA256SUMS
