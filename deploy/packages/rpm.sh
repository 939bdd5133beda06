#!/usr/bin/env bash
# The RPM package of an architecture.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
rid=$1
case "$rid" in
    linux-x64) architecture=x86_64 ;;
    linux-arm64) architecture=aarch64 ;;
esac
files=$WORK/$rid/rpm-files

cp -a "$WORK/$rid/tree" "$files"
install -D -m 0644 "$WORK/printed/_fast-provider" "$files/usr/share/zsh/site-functions/_fast-provider"
install -D -m 0644 -t "$files/usr/share/licenses/fast-provider" \
    LICENSE deploy/packages/copyright "$WORK/printed/dotnet-notices.txt"
install -D -m 0644 -t "$files/usr/share/doc/fast-provider" README.md CHANGELOG.md
find "$files" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +

# Nothing of this machine's own macros but those that find what the binary asks for, and none of the user's.
HOME=$WORK/$rid rpmbuild -bb --quiet --target "$architecture-linux" \
    --define "_topdir $WORK/$rid/rpmbuild" --define "_rpmdir $OUT" \
    --define "_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm" \
    --define "built_version ${VERSION/-/\~}" --define "built_files $files" \
    --define "built_date $(date -u -d "@$SOURCE_DATE_EPOCH" '+%a %b %d %Y')" \
    deploy/packages/rpm/fast-provider.spec >/dev/null
