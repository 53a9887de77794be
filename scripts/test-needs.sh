#!/usr/bin/env bash
# What the tests need from Debian: installed where we are root, else said, and failed. --audit: what `make audit` needs.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/debian.sh

missing=()
[[ -x /usr/bin/chromium ]] || missing+=(chromium fonts-liberation)
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null || missing+=(postgresql)
[[ -x /usr/sbin/postfix ]] || missing+=(postfix)
[[ -x /usr/sbin/dovecot ]] || missing+=(dovecot-imapd)
[[ -x /usr/bin/rspamd ]] || missing+=(rspamd)
[[ -x /usr/bin/w3m ]] || missing+=(w3m)
[[ -x /usr/bin/mutt ]] || missing+=(mutt)
[[ -x /usr/bin/strace ]] || missing+=(strace)
[[ -x /usr/sbin/nginx ]] || missing+=(nginx-light)
[[ -x /usr/bin/wrk ]] || missing+=(wrk)
if [[ ${1:-} == --audit ]]; then
  command -v java >/dev/null || missing+=(default-jre-headless)
  command -v spamassassin >/dev/null || missing+=(spamassassin)
  [[ -x /usr/bin/thunderbird && -x /usr/bin/xvfb-run ]] || missing+=(thunderbird xvfb xauth)
  [[ -x /usr/bin/dbus-run-session && -x /usr/libexec/at-spi-bus-launcher ]] || missing+=(dbus at-spi2-core)
  /usr/bin/python3 -c 'import gi; gi.require_version("Atspi", "2.0")' 2>/dev/null || missing+=(python3-gi gir1.2-atspi-2.0)
fi
if ((!${#missing[@]})); then exit; fi

if ! can_install; then
  printf 'missing for the tests: %s\ninstall as root: apt-get install --no-install-recommends %s\n' \
    "${missing[*]}" "${missing[*]}" >&2
  exit 1
fi
# The tests start servers of their own: Debian's Postfix gets no configuration and none of its services is started.
if [[ " ${missing[*]} " == *" postfix "* ]]; then
  echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections
fi
apt_install "${missing[@]}"
