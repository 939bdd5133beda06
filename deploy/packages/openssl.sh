#!/usr/bin/env bash
# Debian's own archives of OpenSSL for all given RIDs, to be linked into fast-provider-static: the newest libssl-dev of the
# release of Debian that this machine runs, with its security updates. WORK/openssl/RID gets libssl.a, libcrypto.a, and the line
# `origin`: package, version, architecture, distribution, its release, the day of its last change, and the SHA-512 of the
# package's file. Nothing of this machine's packages, sources and lists changes: apt's files for it lie in artifacts/apt.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=deploy/packages/layout.sh
. deploy/packages/layout.sh
release=$(. /etc/os-release && [ "$ID" = debian ] && echo "${VERSION_CODENAME:-}") || true
if [ -z "$release" ]; then
    echo "A release of Debian is needed: fast-provider-static has the OpenSSL of the release that it is built on." >&2
    exit 1
fi

# Only what Debian has signed is taken, from whatever mirror of Debian this machine is set up with.
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
state=$PWD/artifacts/apt
mkdir -p "$state/lists/partial" "$state/archives/partial"
: >"$state/status"
# The machine's own settings (a proxy, say) count, but for what is said here: no hooks of its updates, both architectures. Its
# sources are asked for their addresses alone.
export APT_CONFIG=$state/apt.conf
cat >"$APT_CONFIG" <<END
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear APT::Architectures;
APT::Architecture "amd64";
APT::Architectures { "amd64"; "arm64"; };
APT::Sandbox::User "";
Acquire::Languages "none";
Acquire::Retries "3";
Dir::State "$state/";
Dir::State::lists "$state/lists/";
Dir::State::status "$state/status";
Dir::Cache "$state/";
END
suites="$release\(-updates\|-security\)\?"
options="[arch=amd64,arm64 target=Packages signed-by=$keyring]"
apt-get --print-uris update |
    sed -n "s#^'\(.*\)/dists/\($suites\)/InRelease'.*#deb $options \1 \2 main#p" >"$state/sources.list"
for suite in "$release" "$release-security"; do
    if ! grep -q " $suite main$" "$state/sources.list"; then
        echo "This machine's sources of apt have no $suite, so the newest OpenSSL of Debian cannot be had." >&2
        exit 1
    fi
done
cat >>"$APT_CONFIG" <<END
Dir::Etc::sourcelist "$state/sources.list";
Dir::Etc::sourceparts "-";
END
apt-get -qq --error-on=any update

mkdir -p "$WORK/openssl/debs"
versions=()
for rid in "$@"; do
    architecture=$(architecture_of "$rid" amd64 arm64)
    (cd "$WORK/openssl/debs" && apt-get -qq download "libssl-dev:$architecture")
    deb=$(echo "$WORK"/openssl/debs/libssl-dev_*_"$architecture.deb")
    to=$WORK/openssl/$rid
    mkdir -p "$to/unpacked"
    dpkg-deb --extract "$deb" "$to/unpacked"
    mv "$to"/unpacked/usr/lib/*/lib{ssl,crypto}.a "$to"
    version=$(dpkg-deb --field "$deb" Version)
    # The first entry of the changelog is of this version.
    changed=$(zcat "$to/unpacked/usr/share/doc/libssl-dev/changelog.Debian.gz" | sed -n '/^ -- .*>  /{s///p;q}')
    echo "libssl-dev $version $architecture debian $release $(date -u -d "$changed" +%F)" \
        "$(sha512sum "$deb" | cut -d ' ' -f 1)" >"$to/origin"
    rm -r "$to/unpacked"
    versions+=("$version")
done
if [ "$(printf '%s\n' "${versions[@]}" | sort -u | wc -l)" != 1 ]; then
    echo "Debian has no OpenSSL of one version for all architectures just now: ${versions[*]}. Try again later." >&2
    exit 1
fi
