#!/usr/bin/env bash
# Prints what the packages are made from, for provenance.sh, one a line:
#   parameter NAME VALUE             what the caller of package.sh chose
#   dependency NAME URI ALGORITHM DIGEST   what was taken; a dash where there is none
# It runs with the build, as a later commit or an update of the machine would change the answer.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

echo "parameter version $VERSION"
echo "parameter SOURCE_DATE_EPOCH $SOURCE_DATE_EPOCH"

# A source archive has no commit.
if commit=$(git rev-parse --verify --quiet HEAD); then
    # Nobody finds changes that are in no commit.
    changed=
    [ -z "$(git status --porcelain)" ] || changed=-with-changes
    echo "dependency source$changed - gitCommit $commit"
fi
sdk=$(dotnet --version)
echo "dependency dotnet-sdk pkg:generic/dotnet-sdk@$sdk - -"

# Compilers, C libraries and the tools of the formats. What is linked in beside them is in the SBOM, with hashes.
distribution=$(. /etc/os-release && echo "$ID-$VERSION_ID")
gcc=$(gcc -dumpversion) cross=$(aarch64-linux-gnu-gcc -dumpversion)
# Where a tool is not Debian's, dpkg does not know it, and says so: it is then left out.
{ dpkg-query --show --showformat '${Package} ${Version} ${Architecture}\n' \
    "gcc-$gcc" "gcc-$cross-aarch64-linux-gnu" binutils binutils-aarch64-linux-gnu libc6-dev libc6-dev-arm64-cross \
    dpkg liblzma5 rpm libzstd1 tar gzip 2>/dev/null || :; } |
    while read -r name version architecture; do
        version=${version//:/%3A} version=${version//+/%2B}
        echo "dependency $name pkg:deb/${distribution%%-*}/$name@$version?arch=$architecture&distro=$distribution - -"
    done

# The OpenSSL of fast-provider-static: what openssl.sh says of it.
for origin in "$WORK"/openssl/*/origin; do
    read -r name version architecture distribution release _ hash <"$origin"
    version=${version//:/%3A} version=${version//+/%2B}
    echo "dependency $name pkg:deb/$distribution/$name@$version?arch=$architecture&distro=$release sha512 $hash"
done
