#!/usr/bin/env bash
# Sets up a fresh Debian machine that has the .NET SDK, builds, publishes the NativeAOT binary, makes the packages, runs every
# test and the performance gate.
# The last line says "N passed, N failed, N skipped"; the exit code is 0 only if at least one test ran, none failed
# and the gate let everything pass.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

. tests/install.sh

results=artifacts/test-results

# The sum of one counter over all test result files.
sum() {
    local total=0 count
    for count in $(grep -ho "<Counters [^>]*" "$results"/*.trx | grep -o " $1=\"[0-9]*\"" | grep -o '[0-9]*'); do
        total=$((total + count))
    done
    echo "$total"
}

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
mapfile -t packages < <({ needed_to_build; needed_to_package; needed_to_sign; needed_to_test; needed_to_measure; } | tr ' ' '\n')
install_packages "${packages[@]}"
dotnet restore FastProvider.slnx
dotnet build FastProvider.slnx --no-restore -warnaserror
dotnet publish src/FastProvider -c Release -r linux-x64 -o artifacts/publish
export FAST_PROVIDER_BINARY="$PWD/artifacts/publish/fast-provider"
./package.sh

rm -rf "$results"
status=0
dotnet test FastProvider.slnx --no-build --logger trx --results-directory "$results" || status=$?
# The same pulls once more, carried out by an agent: nothing that a pull promises may depend on who does the work.
FAST_PROVIDER_TEST_HOST=agent dotnet test tests/FastProvider.Tests --no-build --filter FullyQualifiedName~EndToEnd \
    --logger trx --results-directory "$results" || status=$?
if ! ls "$results"/*.trx >/dev/null 2>&1; then
    echo "No test results were written." >&2
    echo "0 passed, 0 failed, 0 skipped"
    exit 1
fi

# No test, but as binding: low-noise figures that must not worsen.
gate=kept
./bench.sh --gate || gate=failed
[ "$gate" = kept ] || status=1

# Whether the tests still notice what they are to notice: some mutants, others for each commit. It takes minutes, so only where it is wanted.
if [ -n "${MUTANTS:-}" ]; then
    mutants=killed
    tests/mutants.sh --tested --sample "$MUTANTS" --jobs 2 || mutants=survived
    [ "$mutants" = killed ] || status=1
    echo "sample of $MUTANTS mutants: $mutants"
fi

total=$(sum total) executed=$(sum executed) passed=$(sum passed)
failed=$((executed - passed)) # error, timeout and aborted are failures too
skipped=$((total - executed))
echo "performance gate $gate"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ] || [ "$status" -ne 0 ] || status=1
echo "$passed passed, $failed failed, $skipped skipped"
exit "$status"
