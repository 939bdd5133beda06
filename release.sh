#!/usr/bin/env bash
# Makes a release of an annotated tag, from the commit that is checked out: checks that tag, sources and changelog are of one
# version, makes the packages, signs them if there are keys, and writes the release's notes.
#   ./release.sh TAG          the release of a tag, such as v0.1.0
#   ./release.sh --dry-run    all of it in artifacts/dry-run, without a tag and with the packages of ./package.sh if there are any
# Keys are those of ./package.sh --sign: MINISIGN_KEY, GPG_KEY, BUILDER_ID, SOURCE_URI. Nothing is pushed, nothing uploaded.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=deploy/packages/signing.sh
. deploy/packages/signing.sh

usage() {
    sed -n '4,5s/^# *//p' release.sh >&2
    exit 2
}

[ $# -eq 1 ] || usage
case "$1" in
    --dry-run) tag='' ;;
    -*) usage ;;
    *) tag=$1 ;;
esac
VERSION=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' Directory.Build.props)

refuse() {
    echo "No release: $1" >&2
    exit 1
}

# What only a real release has: a dry run says that it is missing, and goes on.
refuse_release() {
    [ -z "$tag" ] || refuse "$1"
    echo "A release would be refused: $1"
}

if [ -n "$tag" ]; then
    # A light tag has no author, no time and no signature.
    [ "$(git cat-file -t "refs/tags/$tag" 2>/dev/null)" = tag ] ||
        refuse "there is no annotated tag $tag. Make one: git tag --annotate $tag"
    [ "$(git rev-parse "refs/tags/$tag^{commit}")" = "$(git rev-parse HEAD)" ] ||
        refuse "$tag is another commit than the one that is checked out. Check it out: git checkout $tag"
    [ "$tag" = "v$VERSION" ] || refuse "the tag is $tag, but Directory.Build.props has version $VERSION, which is tag v$VERSION."
fi
[ -z "$(git status --porcelain)" ] || refuse_release "this checkout has changes that are in no commit."

# The version's section of the changelog: its heading has the day, and its text is the notes.
heading=$(grep "^## ${VERSION//./\\.}\(,\|$\)" CHANGELOG.md) || refuse "CHANGELOG.md has no section of $VERSION."
[ "$(wc -l <<<"$heading")" = 1 ] || refuse "CHANGELOG.md has more than one section of $VERSION."
[[ $heading =~ ,\ [0-9]{4}-[0-9]{2}-[0-9]{2}$ ]] ||
    refuse_release "CHANGELOG.md does not say the day of $VERSION. The heading is to be: ## $VERSION, $(date -u +%F)"
changes=$(awk -v heading="$heading" '/^## / { inside = $0 == heading; next } inside' CHANGELOG.md | sed '/./,$!d')
[ -n "$changes" ] || refuse "the section of $VERSION in CHANGELOG.md is empty."

signing=
if [ -n "${MINISIGN_KEY:-}${GPG_KEY:-}${BUILDER_ID:-}" ]; then
    require_signing_keys
    signing=1
fi

if [ -n "$tag" ]; then
    to=artifacts
    ./package.sh ${signing:+--sign}
else
    to=artifacts/dry-run
    # Not those of another version.
    if [ ! -e "artifacts/packages/fast-provider-$VERSION-oci.tar" ]; then
        ./package.sh
    fi
    (cd artifacts/packages && sha256sum --check --strict --quiet SHA256SUMS)
    rm -rf "$to"
    mkdir -p "$to"
    [ -z "$signing" ] || deploy/packages/sign.sh artifacts/packages artifacts/packaging/inputs "$to/signed"
fi

{
    echo "# FastProvider $VERSION"
    echo
    echo "$changes"
    if [ -n "$signing" ]; then
        echo
        echo "How to verify what you download: \`docs/packages.md\`, \"Verify a release\"."
    fi
} >"$to/release-notes.md"
[ -n "$signing" ] && files="$to/signed" || files="artifacts/packages, not signed, as no keys were given"
echo "FastProvider $VERSION: $files; the notes: $to/release-notes.md"
