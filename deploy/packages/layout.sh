# What deb.sh and rpm.sh share; they source it.

version=${VERSION/-/\~} # a tilde sorts a preview before its release

# The name that a package system has for an architecture: RID X64 ARM64.
architecture_of() {
    case "$1" in
        linux-x64) echo "$2" ;;
        linux-arm64) echo "$3" ;;
    esac
}

# The files of an architecture in a folder of the package's own: RID FOLDER, and where the distribution's zsh looks for
# completions.
lay_out() {
    cp -a "$WORK/$1/tree" "$2"
    install -D -m 0644 "$WORK/printed/_fast-provider" "$2/usr/share/zsh/$3/_fast-provider"
}

# All files of a folder get the time of the release, so that a second build makes the same package.
set_times() {
    find "$1" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
}
