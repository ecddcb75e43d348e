#!/bin/bash
# The life of an installation, inside a container that systemd booted: installs, starts, disturbs, upgrades and removes the
# package, and writes down what there is to see after each step. Judges nothing; test/interop/systemd.test.ts does.
# Beside it lie `first.deb` and `second.deb`; `result` is written.
set -u
here=/scenario
dropins=/etc/systemd/system/renewd.service.d
export LC_ALL=C DEBIAN_FRONTEND=noninteractive
trap 'echo >>"$here/result" "=== end"; sync; systemctl poweroff --no-block' EXIT

# say NAME: standard input becomes the evidence of that name.
say() {
  { printf '=== %s\n' "$1"; cat; echo; } >>"$here/result"
}
# try NAME COMMAND…: its output and exit code.
try() {
  local name=$1
  shift
  { "$@" 2>&1; echo "exit $?"; } | say "$name"
}
# wait_for SECONDS COMMAND…: until it succeeds.
wait_for() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.1
  done
}
show() {
  systemctl show "$1" -p ActiveState,SubState,Result,NRestarts,ExecMainStatus,StatusText,ConditionResult
}
main_pid() {
  systemctl show renewd -p MainPID --value
}
status_has() {
  systemctl show renewd -p StatusText --value | grep -q -- "$1"
}
http() { # PORT PATH [HOST]
  exec 9<>"/dev/tcp/127.0.0.1/$1" || return 1
  printf 'GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' "$2" "${3:-www.example.test}" >&9
  timeout 60 cat <&9 | tr -d '\r'
  exec 9>&-
}
log() {
  journalctl --sync
  journalctl --no-pager -u renewd -o cat "$@"
}
# Neither starting nor reloading.
settled() {
  [ "$(systemctl show renewd -p SubState --value)" = running ]
}
other_pid() {
  local now
  now=$(main_pid)
  [ "$now" != "$1" ] && [ "$now" != 0 ] && [ "$(systemctl is-active renewd)" = active ]
}

# --- installed, and not started half configured
try install dpkg -i "$here/first.deb"
getent passwd renewd | say user
stat -c '%U:%G %a %n' /etc/renewd /etc/renewd/renewd.yaml /etc/renewd/credentials /var/lib/renewd /var/cache/renewd \
  /usr/lib/renewd/node /usr/lib/renewd/bin/renewd.js | say modes
{ systemctl is-enabled renewd; systemctl is-active renewd; } | say enabled
show renewd | say unconfigured
try version runuser -u renewd -- renewd version
try check runuser -u renewd -- renewd check
try verify-units systemd-analyze verify renewd.service renewd-once.service renewd-once.timer renewd-responder.socket

# --- a configuration that needs secrets, a foreign group and resellers (simulated, on loopback)
systemd-run --quiet --unit=sandbox -p User=nobody -p StandardOutput=file:/run/sandbox.json renewd sandbox --json
wait_for 30 grep -q '^}' /run/sandbox.json
addgroup --quiet --system certs
install -d -o renewd -m 0755 /etc/nginx/tls
/usr/lib/renewd/node "$here/configure.mjs" /run/sandbox.json /etc/renewd 2>&1 | say configure
install -d "$dropins"
cat >"$dropins/local.conf" <<'UNIT'
[Service]
LoadCredential=rrpproxy-password:/etc/renewd/credentials/rrpproxy-password
LoadCredential=tsig:/etc/renewd/credentials/tsig
SupplementaryGroups=certs
WatchdogSec=8s
TimeoutAbortSec=2s
RestartSec=100ms
UNIT
systemctl daemon-reload
systemctl start renewd
show renewd | say marker

# --- ready means ready
rm /etc/renewd/unconfigured
try start systemctl start renewd
http 9464 /healthz localhost | say healthz
show renewd | say started
journalctl --sync
journalctl --no-pager -o cat -u renewd | grep -n -e '"renewd is ready"' -e '^Started renewd' | say order
grep -e '^CapEff' -e '^NoNewPrivs' -e '^Seccomp:' "/proc/$(main_pid)/status" | say rights

# --- a whole renewal below all the hardening, with what LoadCredential gave
wait_for 40 test -e /etc/nginx/tls/shop/fullchain.pem
wait_for 20 status_has '^1 valid'
show renewd | say renewed
stat -L -c '%U:%G %a %n' /etc/nginx/tls/shop/privkey.pem /etc/nginx/tls/shop/fullchain.pem | say deployed
find /run/credentials/renewd.service -type f -printf '%f\n' | sort | say credentials
runuser -u renewd -- renewd status --json | grep -c '"name": "shop"' | say status

# --- a reload: a changed file counts, a broken one does not
cp "$here/news.yaml" /etc/renewd/inventory.d/news.yaml
try reload systemctl reload renewd
wait_for 40 eval 'log | grep -q "\"why\":\"SIGHUP\".*\"configuration reloaded\""'
wait_for 40 status_has '^2 valid'
wait_for 30 settled
show renewd | say reloaded
log | grep -c '"why":"SIGHUP".*"configuration reloaded"' | say reload-log
pid=$(main_pid)
printf 'certificates: [{ name: broken' >/etc/renewd/inventory.d/broken.yaml
try reload-broken systemctl reload renewd
wait_for 30 eval 'log | grep -q "\"why\":\"SIGHUP\",\"errors\":3"'
wait_for 30 status_has REFUSED
wait_for 30 settled
show renewd | say refused
http 9464 /status.json localhost | grep -c '"product": "ssl123dv"' | say refused-certificates
rm /etc/renewd/inventory.d/broken.yaml
systemctl reload renewd
wait_for 30 eval '! status_has REFUSED'
wait_for 30 settled
show renewd | say mended
[ "$pid" = "$(main_pid)" ] && echo same | say reload-pid

# --- port 80 by socket activation, without any capability
/usr/lib/renewd/node "$here/configure.mjs" /run/sandbox.json /etc/renewd systemd:responder
systemctl stop renewd
try socket systemctl enable --now renewd-responder.socket
systemctl is-active renewd | say socket-before
# The first connection starts the daemon, and waits for its answer.
http 80 /.well-known/pki-validation/fileauth.txt | say socket-answer
# It may answer a moment before it says that it is ready.
wait_for 30 systemctl -q is-active renewd
systemctl is-active renewd | say socket-started
grep -e '^CapEff' "/proc/$(main_pid)/status" | say socket-rights
# Other settings of the publisher: a new one takes the socket over.
sed -i 's/"listen": "systemd:responder"/"listen": "systemd", "hosts": ["www.example.test"]/' /etc/renewd/renewd.yaml
systemctl reload renewd
wait_for 30 eval 'log -n 5 | grep -q "\"why\":\"SIGHUP\".*\"configuration reloaded\""'
http 80 / | head -n 1 | say socket-after-reload
systemctl disable --quiet --now renewd-responder.socket
/usr/lib/renewd/node "$here/configure.mjs" /run/sandbox.json /etc/renewd

# --- ports below 1024 by the drop-in
install -m 0644 /usr/lib/renewd/systemd/renewd.service.d/low-ports.conf "$dropins/low-ports.conf"
systemctl daemon-reload
systemctl restart renewd
grep -e '^CapEff' "/proc/$(main_pid)/status" | say low-ports
rm "$dropins/low-ports.conf"
systemctl daemon-reload
systemctl restart renewd

# --- the watchdog: lives while it is heard, is killed and started anew when it hangs
sleep 9
show renewd | say before-hang
pid=$(main_pid)
kill -STOP "$pid"
wait_for 40 other_pid "$pid"
show renewd | say after-hang
journalctl --sync
journalctl --no-pager -o cat -u renewd | grep -e 'Watchdog timeout' -e 'Failed with result' | say watchdog-log
wait_for 30 status_has '^2 valid'
show renewd | say recovered

# --- stopped in order; the other way of working
try stop systemctl stop renewd
show renewd | say stopped
log -n 6 | grep -c '"msg":"stopped"' | say stop-log
mkdir -p /etc/systemd/system/renewd-once.service.d
grep -v -e Watchdog -e RestartSec -e TimeoutAbort "$dropins/local.conf" >/etc/systemd/system/renewd-once.service.d/local.conf
systemctl daemon-reload
try once systemctl start renewd-once
journalctl --sync
journalctl --no-pager -u renewd-once -o cat | say once-log
try timer systemctl enable --now renewd-once.timer
systemctl is-active renewd-once.timer | say timer-active
systemctl disable --quiet --now renewd-once.timer

# --- upgraded in place
systemctl start renewd
ls /var/lib/renewd/keys | sort | say keys-before
pid=$(main_pid)
sha256sum /etc/renewd/renewd.yaml | say config-before
try upgrade dpkg -i "$here/second.deb"
dpkg-query -W -f '${Version} ${db:Status-Status}\n' renewd | say upgraded-version
sha256sum /etc/renewd/renewd.yaml | say config-after
tail -n 1 /etc/renewd/inventory.d/example.yaml | say untouched-conffile
{ [ "$pid" != "$(main_pid)" ] && echo restarted; show renewd; ls /etc/renewd/unconfigured 2>&1; } | say upgraded
ls /var/lib/renewd/keys | sort | say keys-after
systemctl stop renewd
systemctl disable --quiet renewd
dpkg -i "$here/second.deb" >/dev/null 2>&1
{ systemctl is-active renewd; systemctl is-enabled renewd; } | say stopped-stays-stopped
systemctl enable --quiet --now renewd

# --- removed, purged, purged with the word
try remove dpkg -r renewd
{ systemctl is-active renewd; ls /usr/bin/renewd /usr/lib/systemd/system/renewd.service /etc/renewd/renewd.yaml; } 2>&1 | say removed
try purge dpkg -P renewd
{ ls -d /var/lib/renewd/keys /var/lib/renewd/renewd.db /etc/renewd/credentials/tsig /etc/nginx/tls/shop/privkey.pem \
  /etc/renewd/renewd.yaml /var/cache/renewd; getent passwd renewd | cut -d: -f1; } 2>&1 | say purged
try reinstall dpkg -i "$here/second.deb"
{ ls /etc/renewd/unconfigured; systemctl is-active renewd; ls -d /var/lib/renewd/keys; } 2>&1 | say reinstalled
touch /etc/renewd/purge-keys
try purge-keys dpkg -P renewd
{ ls -d /var/lib/renewd /etc/renewd/credentials /etc/nginx/tls/shop/privkey.pem; getent passwd renewd; echo "user $?"; } 2>&1 | say purged-keys
journalctl --no-pager -b -o short-monotonic >"$here/journal"
log | grep -c systemd-notify | say helper-trouble
