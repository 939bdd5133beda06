# Sourced by demo.sh, test.sh, bench.sh and package.sh: installs the Debian packages that are missing on this machine.
# shellcheck shell=bash

# One compiler for all projects of a run, whatever the environment says: it starts anew for each otherwise, some seconds every time.
export UseSharedCompilation=true

# What NativeAOT needs for linking, and what the plugin loads.
needed_to_build() {
    command -v clang >/dev/null || command -v gcc >/dev/null || echo gcc libc6-dev
    [ -e /usr/include/zlib.h ] || echo zlib1g-dev
    # Read to its end: with pipefail a grep that stops early would make ldconfig, and so the whole, fail.
    ldconfig -p | grep 'libssl\.so\.3' >/dev/null || echo libssl3
}

# The real components that tests start.
needed_to_test() {
    local command package
    for command in cc:gcc docker-registry:docker-registry skopeo:skopeo openssl:openssl curl:curl groff:groff zsh:zsh fish:fish \
        systemd-analyze:systemd promtool:prometheus pgrep:procps qemu-aarch64:qemu-user jq:jq; do
        package=${command#*:}
        command -v "${command%:*}" >/dev/null || echo "$package"
    done
    [ -x /lib/systemd/systemd-journald ] || echo systemd
}

# What the packages are made with: the toolchain of the other architecture, and the tools of the formats.
needed_to_package() {
    local command package
    for command in gcc:gcc readelf:binutils aarch64-linux-gnu-gcc:gcc-aarch64-linux-gnu dpkg-deb:dpkg rpmbuild:rpm; do
        package=${command#*:}
        command -v "${command%:*}" >/dev/null || echo "$package"
    done
    [ -e /usr/aarch64-linux-gnu/include/stdio.h ] || echo libc6-dev-arm64-cross
    # By which Debian's own signature of the OpenSSL that is linked in is checked.
    [ -e /usr/share/keyrings/debian-archive-keyring.gpg ] || echo debian-archive-keyring
}

# What a release is signed and verified with. Of gpg two packages: the one that signs is only recommended by the other.
needed_to_sign() {
    local command package
    for command in minisign:minisign gpg:gpg gpg-agent:gpg-agent rpmsign:rpm; do
        package=${command#*:}
        command -v "${command%:*}" >/dev/null || echo "$package"
    done
}

# What the gate counts with, and what the launcher compares with.
needed_to_measure() {
    local command
    for command in valgrind strace curl; do
        command -v "$command" >/dev/null || echo "$command"
    done
}

install_packages() {
    [ $# -eq 0 ] && return
    echo "Installing: $*"
    local as_root=()
    [ "$(id -u)" -eq 0 ] || as_root=(sudo)
    # Another process may install just now, as after the boot of a machine. apt-get waits for dpkg's locks if it is told to, but not for
    # the lock of the package lists.
    local wait=(-o DPkg::Lock::Timeout=600) deadline=$((SECONDS + 600)) said
    until said=$("${as_root[@]}" env LC_ALL=C apt-get update -q "${wait[@]}" 2>&1); do
        echo "$said" >&2
        [[ $said == *"Could not get lock"* && $SECONDS -lt $deadline ]] || return 100
        sleep 2
    done
    # No registry or other service is to start by itself: tests start their own.
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
        apt-get install -y -q --no-install-recommends "${wait[@]}" "$@"
}
