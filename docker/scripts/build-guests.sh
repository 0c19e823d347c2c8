#!/bin/sh
# Builds the guest that is named, or all, for the machine that GUEST_TARGET names: riscv64, mips64.
#
# To be run in the root of the repository. Programs go to target/guests/VARIANT/NAME.
set -eu

exec cargo --locked xtask guest --target "${GUEST_TARGET:?is riscv64 or mips64}" "$@"
