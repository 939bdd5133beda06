#!/usr/bin/env bash
# The container image that puts the binary on nodes, for all given RIDs, as one archive of an OCI layout (image-spec,
# image-layout.md). No daemon and no base image: the layers are the C library that the linker used, and the binary.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=deploy/packages/layout.sh
. deploy/packages/layout.sh
layout=$WORK/image
blobs=$layout/blobs/sha256
created=$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)

pack() { # DIRECTORY ENTRY...: an archive whose bytes say nothing of this machine
    tar --create --directory "$1" --sort=name --format=ustar --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" \
        -- "${@:2}"
}

digest() { # FILE
    sha256sum <"$1" | cut -d ' ' -f 1
}

# Gives the file its place in the layout, and prints the part of a descriptor that names it.
blob() { # FILE
    local hash
    hash=$(digest "$1")
    echo "\"digest\":\"sha256:$hash\",\"size\":$(stat -c %s "$1")"
    mv "$1" "$blobs/$hash"
}

# The loader and the libraries that the binary names, where the loader looks without a cache. libssl is not among them: it is
# opened by name when a pull asks the API server, and no pull runs in here.
copy_libraries() { # BINARY COMPILER DIRECTORY-OF-LIBRARIES ROOT
    local loader name
    loader=$(readelf --program-headers --wide "$1" | sed -n 's/.*interpreter: \(.*\)\]/\1/p')
    install -D -m 0755 "$("$2" -print-file-name="${loader##*/}")" "$4$loader"
    for name in $(readelf --dynamic --wide "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'); do
        [ "$name" = "${loader##*/}" ] || install -D -m 0755 "$("$2" -print-file-name="$name")" "$4/lib/$3/$name"
    done
}

manifest() { # RID: prints a manifest's descriptor
    local rid=$1 base=$WORK/fast-provider/$1/image-base program=$WORK/fast-provider/$1/image-program
    local architecture compiler triple package name entries layers=() ids=()
    case "$rid" in
        linux-x64) architecture=amd64 compiler=gcc triple=x86_64-linux-gnu package=libc6 ;;
        linux-arm64) architecture=arm64 triple=aarch64-linux-gnu package=libc6-arm64-cross compiler=$triple-gcc ;;
    esac
    copy_libraries "$WORK/fast-provider/$rid/fast-provider" "$compiler" "$triple" "$base"
    install -D -m 0644 "/usr/share/doc/$package/copyright" "$base/usr/share/doc/$package/copyright"
    # What the copyright refers to, and where the source is, as the LGPL wants.
    install -D -m 0644 -t "$base/usr/share/common-licenses" /usr/share/common-licenses/LGPL-2.1 /usr/share/common-licenses/GPL-2
    dpkg-query --show --showformat \
        '${Package} ${Version}, unchanged, of source package ${source:Package} ${source:Version}: https://snapshot.debian.org\n' \
        "$package" >"$base/usr/share/doc/$package/source"
    install -D -m 0755 "$WORK/fast-provider/$rid/fast-provider" "$program/usr/bin/fast-provider"
    install -D -m 0644 -t "$program/usr/share/doc/fast-provider" \
        LICENSE "$WORK/printed/dotnet-notices.txt"
    write_copyright fast-provider "$program/usr/share/doc/fast-provider/copyright"
    dpkg-query --show --showformat '${Package} ${Version} ${Architecture}\n' "$package" >>"$WORK/image-libraries"

    for name in base program; do
        mapfile -t entries < <(ls "$WORK/fast-provider/$rid/image-$name")
        pack "$WORK/fast-provider/$rid/image-$name" "${entries[@]}" >"$WORK/layer"
        ids+=("\"sha256:$(digest "$WORK/layer")\"")
        gzip -9 -n <"$WORK/layer" >"$WORK/layer.gz"
        layers+=("{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar+gzip\",$(blob "$WORK/layer.gz")}")
    done
    cat >"$WORK/config" <<END
{"created":"$created","architecture":"$architecture","os":"linux",
"config":{"Entrypoint":["/usr/bin/fast-provider"],"Labels":{"org.opencontainers.image.title":"fast-provider",
"org.opencontainers.image.version":"$VERSION","org.opencontainers.image.licenses":"Apache-2.0 AND MIT AND LGPL-2.1-or-later"}},
"rootfs":{"type":"layers","diff_ids":[${ids[0]},${ids[1]}]},
"history":[{"created":"$created","comment":"$package, for the loader"},{"created":"$created","comment":"fast-provider $VERSION"}]}
END
    cat >"$WORK/manifest" <<END
{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",
"config":{"mediaType":"application/vnd.oci.image.config.v1+json",$(blob "$WORK/config")},
"layers":[${layers[0]},${layers[1]}]}
END
    cat <<END
{"mediaType":"application/vnd.oci.image.manifest.v1+json",$(blob "$WORK/manifest"),
"platform":{"architecture":"$architecture","os":"linux"}}
END
}

mkdir -p "$blobs"
manifests=
for rid in "$@"; do
    manifests+=${manifests:+,}$(manifest "$rid")
done
cat >"$WORK/index" <<END
{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[$manifests]}
END
echo '{"imageLayoutVersion":"1.0.0"}' >"$layout/oci-layout"
# One image of several architectures: an index in the layout's own.
cat >"$layout/index.json" <<END
{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[
{"mediaType":"application/vnd.oci.image.index.v1+json",$(blob "$WORK/index"),
"annotations":{"org.opencontainers.image.ref.name":"$VERSION"}}]}
END
pack "$layout" oci-layout index.json blobs >"$OUT/fast-provider-$VERSION-oci.tar"
