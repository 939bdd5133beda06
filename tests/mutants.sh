#!/usr/bin/env bash
# Breaks one law of docs/security.md after the other in a copy of the repository, and tells whether the tests notice. Takes about
# half a minute for each mutant, a minute more for those that need the binary.
#   tests/mutants.sh                 all of them
#   tests/mutants.sh law-3 NAME ...  those of a law, or by name
#   tests/mutants.sh simple ...      small changes made by a rule: see tests/Mutants/README.md
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. tests/install.sh

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
mapfile -t packages < <({ needed_to_build; needed_to_test; } | tr ' ' '\n')
install_packages "${packages[@]}"
dotnet run --project tests/Mutants -- "$@"
