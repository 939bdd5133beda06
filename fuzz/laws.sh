#!/usr/bin/env bash
# Tries the laws of fuzz/Laws for as long as you like, each on its own, and says how often each held:
#   fuzz/laws.sh --minutes N [FILTER]     N minutes for each law whose name contains FILTER, of all if there is none
# A law that breaks is printed with the smallest input that breaks it and the seed that finds it again:
#   CsCheck_Seed=SEED fuzz/laws.sh --minutes 1 LAW
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
    sed -n '2,5s/^# //p' "${BASH_SOURCE[0]}" >&2
    exit 2
}

[ "${1:-}" = --minutes ] && [ $# -ge 2 ] && [ $# -le 3 ] || usage
[[ $2 =~ ^[0-9]+$ ]] && [ "$2" -gt 0 ] || usage
filter=${3:-FastProvider.Fuzz.Laws}

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
dotnet build fuzz/Laws -c Release -v quiet -warnaserror
# One after the other: each has all the processors, and what it says is of it alone.
CsCheck_Time=$(($2 * 60)) dotnet test fuzz/Laws -c Release --no-build --filter "FullyQualifiedName~$filter" \
    --logger "console;verbosity=detailed" -- xUnit.ParallelizeTestCollections=false
