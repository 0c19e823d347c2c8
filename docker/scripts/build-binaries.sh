#!/bin/sh
# Builds what runs beside a challenger into a folder: kona-host and asterisc.
#
# To be run in the root of the repository.
set -eu

out="${1:?is the folder to write to}"

cargo --locked build --release --package kona-host-bin --package asterisc-bin
mkdir -p "$out"
for binary in kona-host asterisc; do
    # Names of functions stay, for backtraces and profiles.
    strip --strip-debug -o "$out/$binary" "${CARGO_TARGET_DIR:-target}/release/$binary"
done
