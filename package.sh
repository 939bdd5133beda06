#!/usr/bin/env bash
# Makes everything that is released, for linux-x64 and linux-arm64, into artifacts/packages: archives, .deb, .rpm, the same with
# an OpenSSL of their own, the container image, an SBOM and SHA256SUMS. Installs the Debian packages it misses, and takes Debian's
# newest OpenSSL; with the same versions of these the same commit gives the same bytes.
#   ./package.sh              all of it
#   ./package.sh --version X  the same as version X instead of that of Directory.Build.props
#   ./package.sh --verify     all of it, then once more in a clone of the commit elsewhere, and compares
#   ./package.sh --sign       all of it, then the same signed, with provenance, in artifacts/signed: MINISIGN_KEY, GPG_KEY, BUILDER_ID
# SOURCE_DATE_EPOCH is the time in all of it; by default that of the commit.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. tests/install.sh
# shellcheck source=deploy/packages/signing.sh
. deploy/packages/signing.sh

usage() {
    sed -n '5,8s/^# *//p' package.sh >&2
    exit 2
}

VERSION=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' Directory.Build.props)
verify='' sign=''
while [ $# -gt 0 ]; do
    case "$1" in
        --version) VERSION=${2:-} && shift ;;
        --verify) verify=1 ;;
        --sign) sign=1 ;;
        *) usage ;;
    esac
    shift
done
[[ $VERSION =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$ ]] || usage
if [ "$(uname -m)" != x86_64 ]; then
    echo "An x86-64 machine is needed: its binary prints the man page and the completions of both architectures." >&2
    exit 1
fi
if [ -n "$verify$sign" ] && [ -n "$(git status --porcelain)" ]; then
    echo "Commit first, as this checkout has changes: --verify compares with a clone of the commit, --sign says which commit it is." >&2
    exit 1
fi

# A source archive has no commit whose time could be taken: then it is 1980, which every format can hold.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 315532800)}
WORK=$PWD/artifacts/packaging OUT=$PWD/artifacts/packages
export VERSION SOURCE_DATE_EPOCH WORK OUT LC_ALL=C.UTF-8 TZ=UTC DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
umask 022
mapfile -t packages < <({ needed_to_build; needed_to_package; [ -z "$sign" ] || needed_to_sign; } | tr ' ' '\n')
install_packages "${packages[@]}"
[ -z "$sign" ] || require_signing_keys

publish() { # PACKAGE RID
    # gcc for this machine's architecture, too: the SDK would take a clang that happens to be there, and the bytes would be
    # others.
    local options=()
    [ "$2" != linux-x64 ] || options+=(-p:CppCompilerAndLinker=gcc)
    # The analyzers have seen these sources when the other package was built.
    [ "$1" = fast-provider ] ||
        options+=(-p:StaticOpenSsl=true -p:OpenSslFolder="$WORK/openssl/$2" -p:RunAnalyzers=false)
    dotnet publish src/FastProvider -c Release -r "$2" -p:Version="$VERSION" "${options[@]}" -o "$WORK/$1/$2" -v quiet
    # What was restored for this architecture, before the next one writes it anew.
    cp artifacts/obj/FastProvider/project.assets.json "$WORK/$1/$2/"
}

# What the binary prints, without any configuration of this machine.
print_documents() {
    local binary=$WORK/fast-provider/linux-x64/fast-provider to=$WORK/printed
    mkdir -p "$to" "$WORK/empty-root"
    env -i "$binary" man >"$to/fast-provider.8"
    env -i "$binary" completion bash >"$to/fast-provider.bash"
    env -i "$binary" completion zsh >"$to/_fast-provider"
    env -i "$binary" completion fish >"$to/fast-provider.fish"
    env -i "$binary" generate tmpfiles --root "$WORK/empty-root" >"$to/fast-provider.conf"
    env -i "$binary" generate agent-socket --platform kubernetes --root "$WORK/empty-root" >"$to/fast-provider-agent.socket"
    env -i "$binary" generate agent-service --platform kubernetes --root "$WORK/empty-root" >"$to/fast-provider-agent.service"
}

# The licences of what is linked into the binary: of .NET and what that has from others, as its package has them.
copy_notices() {
    local pack
    pack=$(sed -n '/^-r:.*\/microsoft\.netcore\.app\.runtime\.nativeaot\./{s/^-r:"\?//;s:/runtimes/.*::p;q}' \
        artifacts/obj/FastProvider/release_linux-x64/native/fast-provider.ilc.rsp)
    cp "$pack/THIRD-PARTY-NOTICES.TXT" "$WORK/printed/dotnet-notices.txt"
}

rm -rf "$WORK" "$OUT"
mkdir -p "$WORK" "$OUT"
# Meanwhile, as most of its time it waits for Debian's servers.
deploy/packages/openssl.sh linux-x64 linux-arm64 &
openssl=$!
trap 'kill "$openssl" 2>/dev/null' EXIT
publish fast-provider linux-x64
publish fast-provider linux-arm64
wait "$openssl"
trap - EXIT
publish fast-provider-static linux-x64
publish fast-provider-static linux-arm64
print_documents
copy_notices
for package in fast-provider fast-provider-static; do
    for rid in linux-x64 linux-arm64; do
        deploy/packages/tree.sh "$package" "$rid"
        deploy/packages/archive.sh "$package" "$rid"
        deploy/packages/deb.sh "$package" "$rid"
        deploy/packages/rpm.sh "$package" "$rid"
    done
done
deploy/packages/image.sh linux-x64 linux-arm64
dotnet run --project deploy/packages/Sbom -c Release -v quiet -- \
    "$OUT/fast-provider-$VERSION.cdx.json" "$VERSION" "$WORK/image-libraries" "$WORK/openssl" \
    "$WORK"/fast-provider/linux-*/project.assets.json
(cd "$OUT" && sha256sum -- * >"$WORK/SHA256SUMS" && mv "$WORK/SHA256SUMS" .)
deploy/packages/inputs.sh >"$WORK/inputs"
(cd "$OUT" && stat -c '%s %n' -- *)

if [ -n "$verify" ]; then
    elsewhere=$(mktemp -d)
    trap 'rm -rf "$elsewhere"' EXIT
    git clone -q . "$elsewhere/another/place"
    "$elsewhere/another/place/package.sh" --version "$VERSION" >/dev/null
    diff -r "$OUT" "$elsewhere/another/place/artifacts/packages"
    echo "Both builds are the same: $(find "$OUT" -type f | wc -l) files."
fi

if [ -n "$sign" ]; then
    deploy/packages/sign.sh "$OUT" "$WORK/inputs" artifacts/signed
    echo "Signed: $PWD/artifacts/signed"
fi
