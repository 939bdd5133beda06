#!/usr/bin/env bash
# Copies the packages of the folder BUILT to the folder SIGNED, anew, and signs them there: sign.sh BUILT INPUTS SIGNED. INPUTS is
# what inputs.sh printed at the build; signing.sh says whose keys. What is signed with what, and how a user verifies
# it: docs/packages.md, where a test takes the commands from.
set -euo pipefail
here=$(realpath "$(dirname "${BASH_SOURCE[0]}")")
# shellcheck source=deploy/packages/signing.sh
. "$here/signing.sh"
built=$(realpath "$1") inputs=$(realpath "$2") signed=$3
require_signing_keys
MINISIGN_KEY=$(realpath "$MINISIGN_KEY")
version=$(sed -n 's/^parameter version //p' "$inputs")
SOURCE_DATE_EPOCH=$(sed -n 's/^parameter SOURCE_DATE_EPOCH //p' "$inputs")
# rpmsign wants to hand it on to gpg, for a passphrase. Without a terminal there is none.
GPG_TTY=$(tty) || GPG_TTY=
export SOURCE_DATE_EPOCH GPG_KEY GPG_TTY LC_ALL=C.UTF-8
umask 022

(cd "$built" && sha256sum --check --strict --quiet SHA256SUMS)
rm -rf "$signed"
mkdir -p "$signed"
cp "$built"/* "$signed"
cd "$signed"
rm SHA256SUMS

# rpm and dnf: a signature within the package. The macros say Debian's gpg (rpm looks for gpg2), and a hash that every rpm takes.
rpmsign --addsign --define "_gpg_name $GPG_KEY" --define "__gpg $(command -v gpg)" --define "_gpg_digest_algo sha256" \
    ./*.rpm </dev/null >/dev/null
# dpkg: none within the package is looked at. One beside it, and the index for apt.
for deb in *.deb; do
    gpg --batch --yes --quiet --local-user "$GPG_KEY" --digest-algo SHA256 --armor --output "$deb.asc" --detach-sign "$deb"
done
"$here/apt-index.sh" .

# The image: what a registry and a node call it.
image=fast-provider-$version-oci
tar -xOf "$image.tar" index.json | grep -o 'sha256:[0-9a-f]\{64\}' >"$image.digest"

# Under a hidden name while they are written, as they are not of themselves.
"$here/provenance.sh" . "$built" "$inputs" >.provenance
mv .provenance "fast-provider-$version.provenance.json"
sha256sum -- * >.sums
mv .sums SHA256SUMS
# One call, so that a passphrase is asked for once.
minisign -S -s "$MINISIGN_KEY" -t "fast-provider $version" -m SHA256SUMS "$image.digest"
