#!/usr/bin/env bash
# The Debian package of one of the packages and an architecture.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=deploy/packages/layout.sh
. deploy/packages/layout.sh
package=$1 rid=$2
architecture=$(architecture_of "$rid" amd64 arm64)
revision=$version-1
root=$WORK/$package/$rid/deb
doc=$root/usr/share/doc/$package

lay_out "$package" "$rid" "$root" vendor-completions
write_copyright "$package" "$doc/copyright"
mkdir -p "$root/usr/share/lintian/overrides"
sed "s/@PACKAGE@/$package/" deploy/packages/deb/lintian-overrides >"$root/usr/share/lintian/overrides/$package"
gzip -9 -n <"$WORK/printed/dotnet-notices.txt" >"$doc/dotnet-notices.txt.gz"
gzip -9 -n <CHANGELOG.md >"$doc/changelog.gz"
sed -e "s/@PACKAGE@/$package/" -e "s/@VERSION@/$revision/" -e "s/@DATE@/$(date -u -R -d "@$SOURCE_DATE_EPOCH")/" \
    deploy/packages/deb/changelog | gzip -9 -n >"$doc/changelog.Debian.gz"

# The newest version of a symbol that the binary asks for is the oldest glibc that it starts with.
glibc=$(readelf --version-info --wide "$WORK/$package/$rid/fast-provider" | grep -o 'GLIBC_[0-9.]*' | sort -u -V | tail -n 1)

# In KiB, each file rounded up and each directory as one, as Debian's policy counts.
size=$(find "$root" -printf '%y %s\n' | awk '{ kib += $1 == "f" ? int(($2 + 1023) / 1024) : 1 } END { print kib }')
mkdir "$root/DEBIAN"
# OpenSSL is the node's, or is in the program: then no libssl is needed.
libssl=', libssl3 | libssl3t64' marked='/@STATIC@/d'
[ "$package" = fast-provider ] || libssl='' marked='s/@STATIC@//'
sed -e "s/@PACKAGE@/$package/" -e "s/@OTHER@/$(other_package "$package")/" -e "s/@VERSION@/$revision/" \
    -e "s/@ARCHITECTURE@/$architecture/" -e "s/@SIZE@/$size/" -e "s/@GLIBC@/${glibc#GLIBC_}/" \
    -e "s/@LIBSSL@/$libssl/" -e "$marked" \
    deploy/packages/deb/control >"$root/DEBIAN/control"
install -m 0755 -t "$root/DEBIAN" deploy/packages/deb/postinst deploy/packages/deb/postrm
(cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"
chmod 0644 "$root/DEBIAN/control" "$root/DEBIAN/md5sums"

set_times "$root"
# xz, which every dpkg reads.
dpkg-deb --root-owner-group -Zxz --build "$root" "$OUT/${package}_${revision}_$architecture.deb" >/dev/null
