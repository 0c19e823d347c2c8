# Builds guests, the programs that run inside the machines. Three images, by `--target`:
#
#   riscv64, mips64   a builder for one machine, which builds the repository mounted to it
#   prestates         the fault proof program as a game on chain knows it: files and no system
#
# Every step is a script that runs on any Debian 12 as well. See docker/README.md.

ARG DEBIAN=debian:bookworm-20260918-slim@sha256:3783cc01769c7b2b1b83a5c5ad96c815348e28ed7da68e2e3687004faa906251

# Always amd64: the prestates on record were built there.
FROM --platform=linux/amd64 ${DEBIAN} AS toolchain_amd64
COPY docker/packages /opt/docker/packages
COPY docker/scripts /opt/docker/scripts
RUN /opt/docker/scripts/install-packages.sh c-compiler cargo guests \
    && rm -rf /var/lib/apt/lists/*
# A builder may be run as any user.
ENV CARGO_HOME=/cargo
RUN mkdir -m 1777 /cargo
WORKDIR /repository
ENTRYPOINT ["/opt/docker/scripts/build-guests.sh"]

FROM toolchain_amd64 AS riscv64
ENV GUEST_TARGET=riscv64

FROM toolchain_amd64 AS mips64
ENV GUEST_TARGET=mips64

FROM toolchain_amd64 AS build
WORKDIR /repository
COPY . .
RUN docker/scripts/build-prestates.sh /prestates

FROM scratch AS prestates
COPY --from=build /prestates /
