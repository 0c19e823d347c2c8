#!/bin/sh
# Installs the packages of one or more lists, for instance `install-packages.sh c-compiler guests`.
#
# The lists stand in docker/packages. `cargo xtask` installs by the same ones.
set -eu

lists="$(dirname "$0")/../packages"
packages=""
for list in "$@"; do
    packages="$packages $(grep -v '^#' "$lists/$list.txt" | tr '\n' ' ')"
done

export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# Names of packages have no spaces in them, so that splitting at spaces is what is meant.
# shellcheck disable=SC2086
apt-get install -qq -y --no-install-recommends $packages
