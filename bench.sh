#!/usr/bin/env bash
# Measures, and holds the low-noise figures against perf-baselines/baseline.json. Installs what is missing, builds, publishes.
#   ./bench.sh                     all results of perf-baselines/results anew: stages and whole processes (an hour, on a quiet machine)
#   ./bench.sh --short             the same in minutes, into artifacts/bench/results
#   ./bench.sh --processes [...]   whole processes alone; arguments of the launcher, such as --other NAME=COMMAND
#   ./bench.sh --busy [...]        pulls at an API server that is written to; arguments of the launcher, such as --build NAME=BINARY
#   ./bench.sh --agent [...]       what runs wait for an agent, eight at once, and how much of it is its own work
#   ./bench.sh --stages [...]      stages alone; arguments of BenchmarkDotNet, such as --filter '*Claims*'
#   ./bench.sh --fleet             what a fleet of nodes costs its API servers: a simulation, in seconds
#   ./bench.sh --gate              what continuous integration checks; exit 1 if a figure is over its limit
#   ./bench.sh --update-baselines  takes today's figures as the baseline
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. tests/install.sh

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
mapfile -t packages < <({ needed_to_build; needed_to_measure; } | tr ' ' '\n')
install_packages "${packages[@]}"

# A binary that was published before is measured only when the caller names it.
publish() {
    [ -n "${FAST_PROVIDER_BINARY:-}" ] || dotnet publish src/FastProvider -c Release -r linux-x64 -o artifacts/publish -v quiet
    dotnet publish bench/Contenders/Empty -c Release -r linux-x64 -o artifacts/bench/empty -v quiet
}

# Only where what they are built with is at hand: nothing is installed for them.
contenders() {
    if [ -e /usr/include/openssl/ssl.h ]; then
        cc -O2 -o artifacts/bench/openssl_list bench/Contenders/openssl_list.c -lssl -lcrypto
        # With intermediate files of its own: the linker's arguments alone do not make the SDK link again.
        dotnet publish src/FastProvider -c Release -r linux-x64 -p:StaticOpenSsl=true -o artifacts/publish-static -v quiet \
            --artifacts-path artifacts/static
    fi
    if command -v go >/dev/null; then
        (cd bench/Contenders/GoGet && GOTOOLCHAIN=local go build -trimpath -o ../../../artifacts/bench/goget .)
    fi
}

built() {
    dotnet build "bench/$1" -c Release -v quiet >&2
    echo "artifacts/bin/$1/release/$2.dll"
}

stages() { dotnet "$(built FastProvider.Bench FastProvider.Bench)" stages "$@"; }
processes() { dotnet "$(built Launcher FastProvider.Bench.Launcher)" "$@"; }
gate() { dotnet "$(built Gate FastProvider.Bench.Gate)" "$@"; }

case "${1:-}" in
    "") publish && contenders && processes --rounds 200 && stages ;;
    --short) publish && contenders && processes --rounds 20 --out artifacts/bench/results && stages --short --out artifacts/bench/results ;;
    --processes) publish && contenders && processes "${@:2}" ;;
    --busy) publish && processes --busy 100 --rounds 200 "${@:2}" ;;
    --agent) publish && dotnet "$(built FastProvider.Bench FastProvider.Bench)" agent \
        "${FAST_PROVIDER_BINARY:-artifacts/publish/fast-provider}" "${@:2}" ;;
    --stages) stages "${@:2}" ;;
    --fleet) dotnet "$(built Fleet FastProvider.Bench.Fleet)" "${@:2}" ;;
    --gate) publish && gate check "${@:2}" ;;
    --update-baselines) publish && gate update "${@:2}" ;;
    *) sed -n '2,11s/^# //p' "$0" && exit 2 ;;
esac
