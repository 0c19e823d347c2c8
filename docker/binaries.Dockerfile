# Builds what runs beside a challenger, kona-host and asterisc. Two images, by `--target`:
#
#   binaries     the two files and no system
#   challenger   the two on a small system; what is built without `--target`
#
# Every step is a script that runs on any Debian 12 as well. See docker/README.md.

ARG DEBIAN=debian:bookworm-20260918-slim@sha256:3783cc01769c7b2b1b83a5c5ad96c815348e28ed7da68e2e3687004faa906251

FROM ${DEBIAN} AS build
COPY docker/packages /opt/docker/packages
COPY docker/scripts /opt/docker/scripts
RUN /opt/docker/scripts/install-packages.sh c-compiler cargo \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /repository
COPY . .
RUN docker/scripts/build-binaries.sh /binaries

FROM scratch AS binaries
COPY --from=build /binaries /

FROM ${DEBIAN} AS challenger
COPY --from=build /binaries /usr/local/bin/
# Nobody: neither needs a right.
USER 65534:65534
CMD ["asterisc", "--help"]
