#!/usr/bin/env bash
# The RPM package of an architecture.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=deploy/packages/layout.sh
. deploy/packages/layout.sh
rid=$1
architecture=$(architecture_of "$rid" x86_64 aarch64)
files=$WORK/$rid/rpm-files

lay_out "$rid" "$files" site-functions
install -D -m 0644 -t "$files/usr/share/licenses/fast-provider" \
    LICENSE deploy/packages/copyright "$WORK/printed/dotnet-notices.txt"
install -D -m 0644 -t "$files/usr/share/doc/fast-provider" README.md CHANGELOG.md
set_times "$files"

# Nothing of this machine's own macros but those that find what the binary asks for, and none of the user's.
HOME=$WORK/$rid rpmbuild -bb --quiet --target "$architecture-linux" \
    --define "_topdir $WORK/$rid/rpmbuild" --define "_rpmdir $OUT" \
    --define "_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm" \
    --define "built_version $version" --define "built_files $files" \
    --define "built_date $(date -u -d "@$SOURCE_DATE_EPOCH" '+%a %b %d %Y')" \
    deploy/packages/rpm/fast-provider.spec >/dev/null
