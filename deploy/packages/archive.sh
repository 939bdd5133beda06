#!/usr/bin/env bash
# The archive of an architecture: the binary and what belongs to it, for those who install by hand.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
rid=$1
name=fast-provider-$VERSION-$rid
to=$WORK/$rid/archive/$name
printed=$WORK/printed

install -D -m 0755 "$WORK/$rid/fast-provider" "$to/fast-provider"
install -m 0644 -t "$to" LICENSE README.md CHANGELOG.md deploy/packages/copyright "$printed"/{dotnet-notices.txt,fast-provider.8}
install -D -m 0644 -t "$to/completions" "$printed"/{fast-provider.bash,_fast-provider,fast-provider.fish}
install -D -m 0644 -t "$to/tmpfiles.d" "$printed/fast-provider.conf"

tar --create --directory "$WORK/$rid/archive" --sort=name --format=ustar --owner=0 --group=0 --numeric-owner \
    --mtime="@$SOURCE_DATE_EPOCH" "$name" | gzip -9 -n >"$OUT/$name.tar.gz"
