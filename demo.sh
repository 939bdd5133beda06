#!/usr/bin/env bash
# Sets up a fresh Debian machine that has the .NET SDK, builds the NativeAOT binary and runs the main job in a sandbox of its
# own: an API server with a namespace and Secrets, a registries.conf, requests as a kubelet sends them. Ends by itself.
# --keep leaves the sandbox up for runs by hand.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. tests/install.sh

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
mapfile -t packages < <(needed_to_build | tr ' ' '\n')
install_packages "${packages[@]}"
dotnet publish src/FastProvider -c Release -r linux-x64 -o artifacts/publish -v quiet
dotnet build tests/Demo -c Release -v quiet
exec dotnet artifacts/bin/Demo/release/Demo.dll "$PWD/artifacts/publish/fast-provider" "$@"
