#!/usr/bin/env bash
# Prints the provenance of a release: a statement of in-toto (github.com/in-toto/attestation, spec/v1/statement.md) with a predicate
# of SLSA (slsa.dev/spec/v1.0/provenance). FOLDER has the files as they are published, BUILT as the build left them, INPUTS is what
# inputs.sh printed. BUILDER_ID is the URI of who built; SOURCE_URI, if it is set, that of the source's repository.
# The same files and the same caller give the same bytes: no time, no machine.
set -euo pipefail
folder=$1 built=$2 inputs=$3
version=$(sed -n 's/^parameter version //p' "$inputs")

# A list of JSON values, one a line, as the inside of an array.
listed() {
    sed -e '$!s/$/,/' -e 's/^/ /'
}

# What the build made, as it is published: a signature is none of it, but changes the rpms.
subjects() {
    local file name digest
    for file in "$built"/*; do
        name=${file##*/}
        [ "$name" != SHA256SUMS ] || continue
        digest=$(sha256sum <"$folder/$name" | cut -d ' ' -f 1)
        echo "{\"name\":\"$name\",\"digest\":{\"sha256\":\"$digest\"}}"
    done
    # The image, as a registry calls it, beside the archive that it comes in.
    digest=$(cat "$folder/fast-provider-$version-oci.digest")
    echo "{\"name\":\"fast-provider:$version\",\"digest\":{\"sha256\":\"${digest#sha256:}\"}}"
}

parameters() {
    sed -n 's/^parameter \([^ ]*\) \([^ ]*\)$/"\1":"\2"/p' "$inputs" | paste -s -d ,
}

dependencies() {
    local kind name uri algorithm digest
    while read -r kind name uri algorithm digest; do
        [ "$kind" = dependency ] || continue
        # The commit's repository is known to the caller alone: a remote of this checkout may be a mirror, or have a login in it.
        case "$name" in
            source*) uri=${SOURCE_URI:--} ;;
        esac
        [ "$uri" = - ] && uri='' || uri=",\"uri\":\"$uri\""
        [ "$digest" = - ] && digest='' || digest=",\"digest\":{\"$algorithm\":\"$digest\"}"
        echo "{\"name\":\"$name\"$uri$digest}"
    done <"$inputs"
}

# Packages as the build left them, where a signature went into them since.
byproducts() {
    local file name
    for file in "$built"/*; do
        name=${file##*/}
        if [ -e "$folder/$name" ] && ! cmp -s "$file" "$folder/$name"; then
            echo "{\"name\":\"$name, unsigned\",\"digest\":{\"sha256\":\"$(sha256sum <"$file" | cut -d ' ' -f 1)\"}}"
        fi
    done
}

cat <<END
{"_type":"https://in-toto.io/Statement/v1",
"subject":[
$(subjects | listed)],
"predicateType":"https://slsa.dev/provenance/v1",
"predicate":{
"buildDefinition":{
"buildType":"https://fast-provider.invalid/package.sh/v1",
"externalParameters":{$(parameters)},
"resolvedDependencies":[
$(dependencies | listed)]},
"runDetails":{
"builder":{"id":"$BUILDER_ID"},
"byproducts":[
$(byproducts | listed)]}}}
END
