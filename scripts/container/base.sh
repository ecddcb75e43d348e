#!/bin/sh
# A base for the image without a registry: a small Debian tree made of packages by mmdebstrap, taken in by buildah.
#   scripts/container/base.sh [NAME [SUITE]]      default: localhost/renewd-base:bookworm bookworm
# As root, on Debian, with mmdebstrap and buildah. The packages' signatures are checked by apt with the keys of this machine.
set -eu
name="${1:-localhost/renewd-base:bookworm}"
suite="${2:-bookworm}"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT

# libstdc++6 is what Node needs beside libc; ca-certificates for the resellers' TLS; tzdata for schedules and windows.
mmdebstrap --quiet --variant=essential --include=libstdc++6,ca-certificates,tzdata \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
  --dpkgopt='path-exclude=/usr/share/info/*' --dpkgopt='path-exclude=/usr/share/zoneinfo/right/*' \
  "$suite" "$scratch/base.tar"
container="$(buildah from scratch)"
buildah add --quiet "$container" "$scratch/base.tar" / >/dev/null
buildah config --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$container"
buildah commit --quiet "$container" "$name" >/dev/null
buildah rm "$container" >/dev/null
echo "$name: $(stat -c %s "$scratch/base.tar") bytes unpacked"
