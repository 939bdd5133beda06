# What the scripts of the formats share; they source it.

version=${VERSION/-/\~} # a tilde sorts a preview before its release

# The name that a package system has for an architecture: RID X64 ARM64.
architecture_of() {
    case "$1" in
        linux-x64) echo "$2" ;;
        linux-arm64) echo "$3" ;;
    esac
}

# The files of a package and an architecture in a folder of the format's own: PACKAGE RID FOLDER, and where the distribution's zsh
# looks for completions.
lay_out() {
    cp -a "$WORK/$1/$2/tree" "$3"
    install -D -m 0644 "$WORK/printed/_fast-provider" "$3/usr/share/zsh/$4/_fast-provider"
}

# The package that has the same files, so that a node has one of the two: PACKAGE.
other_package() {
    [ "$1" = fast-provider ] && echo fast-provider-static || echo fast-provider
}

# Who has rights in a package's program, and under which licence: PACKAGE FILE.
write_copyright() {
    local ours=()
    # Lines of OpenSSL's are for the package that carries it.
    [ "$1" = fast-provider-static ] && ours=(-e 's/@OPENSSL@//') || ours=(-e '/@OPENSSL@/d')
    sed "${ours[@]}" deploy/packages/copyright | install -D -m 0644 /dev/stdin "$2"
}

# All files of a folder get the time of the release, so that a second build makes the same package.
set_times() {
    find "$1" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
}
