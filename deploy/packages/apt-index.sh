#!/usr/bin/env bash
# Makes a folder with packages of Debian a repository of apt (a flat one, sources.list(5)), as apt verifies no package by itself, but
# the signature of the repository's index: Packages lists the packages with their hashes, InRelease has the hash of Packages,
# signed with GPG_KEY. Its time is SOURCE_DATE_EPOCH.
set -euo pipefail
cd "$1"

for deb in *.deb; do
    dpkg-deb --field "$deb"
    echo "Filename: ./$deb"
    echo "Size: $(stat -c %s "$deb")"
    echo "SHA256: $(sha256sum <"$deb" | cut -d ' ' -f 1)"
    echo
done >Packages
gpg --batch --yes --quiet --local-user "$GPG_KEY" --digest-algo SHA256 --output InRelease --clear-sign <<END
Origin: fast-provider
Label: fast-provider
Architectures: amd64 arm64
Date: $(LC_ALL=C date -u -R -d "@$SOURCE_DATE_EPOCH")
SHA256:
 $(sha256sum <Packages | cut -d ' ' -f 1) $(stat -c %s Packages) Packages
END
