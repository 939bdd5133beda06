#!/usr/bin/env bash
# The files that .deb and .rpm have in common, as they lie on a node: WORK/PACKAGE/RID/tree.
set -euo pipefail
package=$1 rid=$2
tree=$WORK/$package/$rid/tree
programs=usr/libexec/kubelet-image-credential-provider-plugins

install -D -m 0755 "$WORK/$package/$rid/fast-provider" "$tree/$programs/fast-provider"
# For people. The kubelet runs the file itself, as its directory is searched for nothing else.
mkdir -p "$tree/usr/bin"
ln -s "../${programs#usr/}/fast-provider" "$tree/usr/bin/fast-provider"

install -D -m 0644 "$WORK/printed/fast-provider.8" "$tree/usr/share/man/man8/fast-provider.8"
gzip -9 -n "$tree/usr/share/man/man8/fast-provider.8"
install -D -m 0644 "$WORK/printed/fast-provider.bash" "$tree/usr/share/bash-completion/completions/fast-provider"
install -D -m 0644 "$WORK/printed/fast-provider.fish" "$tree/usr/share/fish/vendor_completions.d/fast-provider.fish"
install -D -m 0644 "$WORK/printed/fast-provider.conf" "$tree/usr/lib/tmpfiles.d/fast-provider.conf"
# Not enabled: whether a node has the agent as a service is the admin's choice.
install -D -m 0644 -t "$tree/usr/lib/systemd/system" "$WORK"/printed/fast-provider-agent.{socket,service}
