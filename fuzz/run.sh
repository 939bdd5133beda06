#!/usr/bin/env bash
# Fuzzes one target with AFL++: fuzz/run.sh TARGET [--minutes N] (15 by default). Installs afl++ if it is missing, builds,
# instruments a copy of the plugin's assembly, starts from the committed corpus and says in the end what was run and found.
# --minimize FOLDER then writes the smallest corpus with the same coverage there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
    echo "usage: fuzz/run.sh TARGET [--minutes N] [--minimize FOLDER]; targets:" \
        "$(basename -s .dict fuzz/dictionaries/* | tr '\n' ' ')" >&2
    exit 2
}

[ $# -ge 1 ] && [ -e "fuzz/dictionaries/$1.dict" ] || usage
target=$1 minutes=15 minimized=
shift
while [ $# -gt 0 ]; do
    case $1 in
        --minutes) [ $# -ge 2 ] || usage; minutes=$2; shift 2 ;;
        --minimize) [ $# -ge 2 ] || usage; minimized=$(realpath -m "$2"); shift 2 ;;
        *) usage ;;
    esac
done

if ! command -v afl-fuzz >/dev/null; then
    . tests/install.sh
    install_packages afl++
fi

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
built=artifacts/bin/FastProvider.Fuzz.Targets/release
work=$PWD/artifacts/fuzz/$target
program=$work/bin/FastProvider.Fuzz.Targets.dll
# One build at a time, if several targets are started together.
mkdir -p "$work"
exec 9>artifacts/fuzz/build.lock
flock 9
dotnet build fuzz/Targets -c Release -v quiet
rm -rf "$work"
mkdir -p "$work"
cp -r "$built" "$work/bin"
exec 9>&-
# Not the copy that is rewritten runs the rewriting.
dotnet "$built/FastProvider.Fuzz.Targets.dll" instrument "$work/bin/fast-provider.dll"

# AFL looks for its own instrumentation in a binary; ours is in the assembly. The rest keeps it from asking for kernel settings.
export AFL_SKIP_BIN_CHECK=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_SKIP_CRASHES=1
export AFL_NO_UI=1 AFL_QUIET=1
# The input is handed over in memory; should one end the process, it is still in this file, its length first.
export FUZZ_LAST_INPUT=$work/last-input
# Files that a target writes for its parser belong in memory.
[ ! -w /dev/shm ] || export TMPDIR=/dev/shm
status=0
# One process runs all inputs, so a time limit that a busy machine may break would end the run: it is far away.
afl-fuzz -i "fuzz/corpora/$target" -o "$work/out" -x "fuzz/dictionaries/$target.dict" -V $((minutes * 60)) -t 20000 -m none \
    -- "$(command -v dotnet)" "$program" fuzz "$target" >"$work/afl.log" 2>&1 || status=$?
out=$work/out/default
if [ "$status" -ne 0 ]; then
    tail -n 15 "$work/afl.log"
    # As an input does that makes its parser read past its memory.
    length=$(od -An -tu4 -N4 "$FUZZ_LAST_INPUT" | tr -d ' ')
    head -c $((1024 * 1024)) "$FUZZ_LAST_INPUT" | tail -c "$length" >"$work/ended-the-process"
    echo "afl-fuzz ended with status $status; the last input is $work/ended-the-process" >&2
fi

[ -e "$out/fuzzer_stats" ] || exit 1
stat() { sed -n "s/^$1 *: //p" "$out/fuzzer_stats"; }
echo "$target: $(stat run_time) s, $(stat execs_done) executions, $(stat execs_per_sec) a second," \
    "corpus $(stat corpus_count), edges $(stat edges_found), findings $(stat saved_crashes), hangs $(stat saved_hangs)"
for input in "$out"/crashes/id* "$out"/hangs/id*; do
    [ -e "$input" ] || continue
    echo "$input: $(timeout 60 dotnet "$built/FastProvider.Fuzz.Targets.dll" once "$target" "$input" 2>&1 | head -n 1)"
done

if [ -n "$minimized" ]; then
    rm -rf "$work/cmin" "$minimized"
    afl-cmin -e -i "$out/queue" -o "$work/cmin" -t 20000 -m none \
        -- "$(command -v dotnet)" "$program" fuzz "$target" >"$work/cmin.log" 2>&1
    mkdir -p "$minimized"
    for input in "$work"/cmin/*; do
        cp "$input" "$minimized/$(sha256sum "$input" | cut -c1-12)"
    done
    echo "$target: $(find "$minimized" -type f | wc -l) inputs kept in $minimized"
fi
exit "$status"
