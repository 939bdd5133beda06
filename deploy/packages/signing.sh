# What the scripts that sign ask for; they source it. The keys are the caller's and stay where they are:
#   MINISIGN_KEY  file of minisign's secret key
#   GPG_KEY       fingerprint of gpg's key, 40 digits; GNUPGHOME says in which keyring, as always
#   BUILDER_ID    URI of who builds, for the provenance
#   SOURCE_URI    URI of the source's repository, for the provenance; may be left out
# shellcheck shell=bash

# Looks before a build of minutes, not behind it.
require_signing_keys() {
    # Both go into JSON as they are, so nothing that would have to be escaped.
    local uri='^[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9._~:/?#@!$&()*+,;=%-]+$'
    if [ ! -f "${MINISIGN_KEY:-}" ] || [ ! -r "$MINISIGN_KEY" ]; then
        echo "MINISIGN_KEY must name a file with minisign's secret key (minisign -G makes one)." >&2
        return 1
    fi
    if [[ ! ${GPG_KEY:-} =~ ^[0-9A-Fa-f]{40}!?$ ]]; then
        echo "GPG_KEY must be the fingerprint of gpg's key, 40 digits (gpg --list-secret-keys)." >&2
        return 1
    fi
    if ! gpg --batch --quiet --list-secret-keys "$GPG_KEY" >/dev/null 2>&1; then
        echo "gpg has no secret key with the fingerprint that GPG_KEY gives." >&2
        return 1
    fi
    if [[ ! ${BUILDER_ID:-} =~ $uri ]]; then
        echo "BUILDER_ID must be a URI that names who builds, such as https://ci.example.com/fast-provider." >&2
        return 1
    fi
    if [ -n "${SOURCE_URI:-}" ] && [[ ! $SOURCE_URI =~ $uri ]]; then
        echo "SOURCE_URI must be a URI, such as git+https://git.example.com/fast-provider." >&2
        return 1
    fi
    export BUILDER_ID SOURCE_URI=${SOURCE_URI:-}
}
