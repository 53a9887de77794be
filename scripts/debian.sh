# Installing Debian packages; sourced by the scripts beside it.
# shellcheck shell=bash

can_install() { [[ $EUID -eq 0 ]] && command -v apt-get >/dev/null; }

# Runs apt-get; waits up to ten minutes for another apt to end, shows the output only where it fails.
apt_get() {
  local output try
  for ((try = 0; try < 120; try++)); do
    if output=$(DEBIAN_FRONTEND=noninteractive apt-get -q -y "$@" </dev/null 2>&1); then return; fi
    [[ $output == *"Could not get lock"* || $output == *"Unable to lock"* || $output == *"dpkg was interrupted"* ]] || break
    sleep 5
  done
  printf '%s\n' "$output" >&2
  return 1
}

apt_install() {
  echo "installing $* by apt-get …" >&2
  apt_get update && apt_get install --no-install-recommends "$@"
}
