# Shared by ./run, ./test and ./console: finds what they need, and installs what is missing from the distribution.
# Nothing here asks a question. Root installs packages for the machine; anybody else uses sudo where it asks for no
# password, and otherwise unpacks the packages into .data/programs, for this folder alone.

cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
data=${Console__DataFolder:-$root/.data}
programs=$root/.data/programs

say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

command -v dotnet >/dev/null || die "The .NET SDK 10 is needed: install it, then run this again."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_WORKLOAD_UPDATE_NOTIFY_DISABLE=true

# install_packages WHAT PACKAGE...
install_packages() {
  local what=$1; shift
  command -v apt-get >/dev/null || die "$what is missing, and this machine has no apt-get to install it with: install it by hand."
  say "Installing $what ($*) …"
  if [ "$(id -u)" = 0 ]; then
    { apt_install "$@" || { apt-get update -qq && apt_install "$@"; }; } >&2 || die "$what could not be installed: see the messages above."
  elif sudo -n true 2>/dev/null; then
    { sudo_install "$@" || { sudo -n apt-get update -qq && sudo_install "$@"; }; } >&2 || die "$what could not be installed: see the messages above."
  else
    unpack_packages "$@" || die "$what could not be fetched: install the packages $* by hand, or ask an administrator."
  fi
}

apt_install() { DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; }
sudo_install() { sudo -n DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; }

# Without any rights: apt keeps lists and packages in a folder of ours, and they are unpacked instead of installed.
unpack_packages() {
  local apt=$programs/apt
  mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$programs/root"
  local options=(
    -o "Dir::State::lists=$apt/lists" -o "Dir::Cache=$apt/cache" -o "Dir::State::status=/var/lib/dpkg/status" -o "Debug::NoLocking=1"
    -o "APT::Sandbox::User=$(id -un)" -o "Dir::Log=$apt"
  )
  apt-get "${options[@]}" update -qq >&2 || return 1
  apt-get "${options[@]}" install -y -qq --no-install-recommends --download-only "$@" >&2 || return 1
  local package
  for package in "$apt"/cache/archives/*.deb; do
    [ -e "$package" ] || continue
    dpkg-deb --extract "$package" "$programs/root" || return 1
  done
  rm -f "$apt"/cache/archives/*.deb
}

# Programs that were unpacked find each other and their libraries here.
use_unpacked() {
  [ -d "$programs/root" ] || return 0
  local triplet; triplet=$(dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null || echo "$(uname -m)-linux-gnu")
  export LD_LIBRARY_PATH="$programs/root/usr/lib/$triplet:$programs/root/lib/$triplet:$programs/root/usr/lib/chromium${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
}

find_postgres() { ls -d /usr/lib/postgresql/*/bin /usr/pgsql-*/bin "$programs"/root/usr/lib/postgresql/*/bin 2>/dev/null | while read -r bin; do [ -x "$bin/initdb" ] && [ -x "$bin/postgres" ] && echo "$bin"; done | sort -V | tail -1; }

need_postgres() {
  [ -z "${ConnectionStrings__Console:-}" ] || return 0
  [ -n "${Console__PostgresBinaries:-}" ] || [ -n "$(find_postgres)" ] || { command -v initdb >/dev/null && command -v postgres >/dev/null; } || install_packages PostgreSQL postgresql
  use_unpacked
  case $(find_postgres) in "$programs"/*) export Console__PostgresBinaries; Console__PostgresBinaries=$(find_postgres);; esac
}

find_chromium() { for browser in "${CHROMIUM:-}" /usr/bin/chromium /usr/bin/chromium-browser /usr/bin/google-chrome "$programs/root/usr/lib/chromium/chromium"; do [ -n "$browser" ] && [ -x "$browser" ] && { echo "$browser"; return; }; done; }

need_chromium() {
  [ -n "$(find_chromium)" ] || install_packages Chromium chromium fonts-dejavu-core
  use_unpacked
  export CHROMIUM; CHROMIUM=$(find_chromium)
  [ -n "$CHROMIUM" ] || die "Chromium was installed and is not found: name its program in CHROMIUM."
}

# The browser's script normally comes with the framework's asset package. Where that cannot be restored, the same script
# is taken out of the runtime pack (docs/decisions.md). What was found is remembered until .data is removed.
restore() {
  local chosen=$root/.data/blazor-script
  mkdir -p "$root/.data"
  if [ -z "${BlazorScript:-}" ] && [ -f "$chosen" ]; then BlazorScript=$(cat "$chosen"); fi
  export BlazorScript=${BlazorScript:-Package}
  local log; log=$(mktemp)
  if ! dotnet restore "$@" >"$log" 2>&1; then
    if [ "$BlazorScript" = Package ] && grep -q 'NU1101.*Microsoft.AspNetCore.App.Internal.Assets' "$log"; then
      export BlazorScript=RuntimePack
      dotnet restore "$@" >"$log" 2>&1 || { cat "$log" >&2; rm -f "$log"; die "The packages could not be restored: see above."; }
    else
      cat "$log" >&2; rm -f "$log"; die "The packages could not be restored: see above."
    fi
  fi
  rm -f "$log"
  echo "$BlazorScript" >"$chosen"
}

# As fast as in a release, with all that a debugger needs: whoever starts consoles by the dozen waits for their code.
build() {
  local log; log=$(mktemp)
  dotnet build --no-restore -nologo -v quiet -clp:NoSummary -p:Optimize=true "$@" >"$log" 2>&1 || { cat "$log" >&2; rm -f "$log"; die "The build failed: see above."; }
  rm -f "$log"
}
