#!/usr/bin/env bash
# The archive of a package and an architecture: the binary and what belongs to it, for those who install by hand.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=deploy/packages/layout.sh
. deploy/packages/layout.sh
package=$1 rid=$2
name=$package-$VERSION-$rid
to=$WORK/$package/$rid/archive/$name
printed=$WORK/printed

install -D -m 0755 "$WORK/$package/$rid/fast-provider" "$to/fast-provider"
install -m 0644 -t "$to" LICENSE README.md CHANGELOG.md "$printed"/{dotnet-notices.txt,fast-provider.8}
write_copyright "$package" "$to/copyright"
install -D -m 0644 -t "$to/completions" "$printed"/{fast-provider.bash,_fast-provider,fast-provider.fish}
install -D -m 0644 -t "$to/tmpfiles.d" "$printed/fast-provider.conf"
install -D -m 0644 -t "$to/systemd" "$printed"/fast-provider-agent.{socket,service}

tar --create --directory "$WORK/$package/$rid/archive" --sort=name --format=ustar --owner=0 --group=0 --numeric-owner \
    --mtime="@$SOURCE_DATE_EPOCH" "$name" | gzip -9 -n >"$OUT/$name.tar.gz"
