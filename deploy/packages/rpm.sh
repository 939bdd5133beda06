#!/usr/bin/env bash
# The RPM package of one of the packages and an architecture.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=deploy/packages/layout.sh
. deploy/packages/layout.sh
package=$1 rid=$2
architecture=$(architecture_of "$rid" x86_64 aarch64)
files=$WORK/$package/$rid/rpm-files

lay_out "$package" "$rid" "$files" site-functions
install -D -m 0644 -t "$files/usr/share/licenses/$package" LICENSE "$WORK/printed/dotnet-notices.txt"
write_copyright "$package" "$files/usr/share/licenses/$package/copyright"
install -D -m 0644 -t "$files/usr/share/doc/$package" README.md CHANGELOG.md
set_times "$files"

# Nothing of this machine's own macros but those that find what the binary asks for, and none of the user's.
HOME=$WORK/$package/$rid rpmbuild -bb --quiet --target "$architecture-linux" \
    --define "_topdir $WORK/$package/$rid/rpmbuild" --define "_rpmdir $OUT" \
    --define "_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm" \
    --define "built_package $package" --define "other_package $(other_package "$package")" \
    --define "built_version $version" --define "built_files $files" \
    --define "built_date $(date -u -d "@$SOURCE_DATE_EPOCH" '+%a %b %d %Y')" \
    deploy/packages/rpm/fast-provider.spec >/dev/null
