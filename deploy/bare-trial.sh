#!/bin/sh
# Tries `make run` and `make test` of the committed checkout in a bare Debian, as a newcomer's
# machine has it: only git, make and python3. A clean clone alone still hides missing packages.
#
#   deploy/bare-trial.sh FOLDER            the whole trial
#   deploy/bare-trial.sh FOLDER run        only `make run`: without root, first start, second start
#   deploy/bare-trial.sh FOLDER test       only `make test`
#   deploy/bare-trial.sh FOLDER ci         only `.ci/run`
#   deploy/bare-trial.sh FOLDER shell      look around in it
#
# FOLDER is outside the checkout and may hold nothing else. It takes root and debootstrap, and
# about 3 GB. Debian packages come from where this machine gets its own; DEBIAN_SUITE (bookworm)
# and PORT (8790) can be set. FOLDER/base.tar is kept, so that the next trial starts at once.
set -eu
checkout=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mkdir -p "${1:?say which folder to work in}" && cd "$1" && pwd)
what=${2:-all}
suite=${DEBIAN_SUITE:-bookworm}
port=${PORT:-8790}
root=$folder/root
clone=/srv/clinic

say() { printf '\n== %s\n' "$*"; }

[ "$(id -u)" -eq 0 ] || { say "This takes root."; exit 1; }
command -v debootstrap >/dev/null || { say "This takes debootstrap: apt-get install debootstrap"; exit 1; }

make_base() {
    mirror=$(apt-get indextargets --format '$(REPO_URI)' "Created-By: Packages" "Codename: $suite" | head -n 1)
    say "Debian $suite, minimal, from $mirror"
    rm -rf "$root"
    debootstrap --variant=minbase "$suite" "$root" "${mirror:-http://deb.debian.org/debian}"
    copy_settings
    inside 'apt-get update -q && apt-get install -y -q --no-install-recommends git make python3'
    tar -C "$root" -cf "$folder/base.tar" .
}

# How this machine reaches its packages, so that the bare one does too; nothing else of it.
copy_settings() {
    for file in /etc/resolv.conf /etc/hosts /etc/pip.conf /etc/apt/sources.list \
        /etc/apt/sources.list.d/debian.sources; do
        [ ! -e "$file" ] || install -D -m 644 "$file" "$root$file"
    done
    install -m 644 /etc/ssl/certs/ca-certificates.crt "$root/etc/outside.crt"
    cp -r /etc/apt/auth.conf.d "$root/etc/apt/"
    apt-config dump Acquire >"$root/etc/apt/apt.conf.d/99from-outside"
    env | grep -E '^(https?_proxy|no_proxy|HTTPS?_PROXY|NO_PROXY|PIP_INDEX_URL)=' \
        >"$root/etc/environment-outside" || true
    echo PIP_CERT=/etc/outside.crt >>"$root/etc/environment-outside"
}

# Runs a command in the bare system: own processes, which all end with it, and own mounts. The
# environment is empty but for the way to the packages: no locale is set.
inside() {
    unshare --mount --pid --fork --kill-child sh -eu -c '
        mount -t proc proc "$0/proc"
        mount -t sysfs -o ro sysfs "$0/sys"
        mount --rbind /dev "$0/dev"
        exec env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin PORT="$1" \
            $(cat "$0/etc/environment-outside") chroot "$0" /bin/sh -euc "$2"
    ' "$root" "$port" "$1"
}

timed() {
    say "$1"
    began=$(date +%s)
    inside "cd $clone; $2" || { say "FAILED after $(($(date +%s) - began)) s: $1"; exit 1; }
    say "passed in $(($(date +%s) - began)) s: $1"
}

fresh_system() {
    [ -e "$folder/base.tar" ] || make_base
    say "Unpacking the bare system and cloning $(git -C "$checkout" log -1 --format='%h %s')"
    rm -rf --one-file-system "$root"
    mkdir "$root"
    tar -C "$root" -xf "$folder/base.tar"
    git clone -q --no-hardlinks "$checkout" "$root$clone"
}

try_run() {
    timed "make run without root prints the exact command and stops" '
        if setpriv --reuid=65534 --regid=65534 --clear-groups make run 2>/tmp/told; then exit 1; fi
        cat /tmp/told
        grep -q "apt-get install .*python3-venv" /tmp/told'
    for start in first second; do
        timed "make run, $start start" '
            make run >/tmp/served 2>&1 &
            tries=900
            until python3 -c "
import os, urllib.request
address = \"http://127.0.0.1:\" + os.environ[\"PORT\"]
for path in (\"/readyz\", \"/\", \"/stretches/\", \"/intake/\", \"/staff/sign-in\"):
    urllib.request.urlopen(address + path, timeout=10)
" 2>/tmp/not-yet; do
                tries=$((tries - 1))
                if [ "$tries" -eq 0 ] || ! kill -0 $! 2>/dev/null; then
                    cat /tmp/served; tail -n 1 /tmp/not-yet
                    exit 1
                fi
                sleep 1
            done
            tail -n 15 /tmp/served
            grep -q "http://127.0.0.1:$PORT/" /tmp/served
            grep -q "password" /tmp/served
            CLINIC_DATA=.data .venv/bin/clinic intakes --json >/tmp/intakes || true
            echo "intakes kept: $(grep -o "\"reference\"" /tmp/intakes | wc -l)"'
    done
}

[ "$what" = shell ] || fresh_system
case $what in
all)
    try_run
    timed "make test" "make test"
    timed "make check" "make check"
    ;;
run) try_run ;;
test) timed "make test" "make test" ;;
ci) timed ".ci/run" "CI=true .ci/run </dev/null" ;;
shell) inside "cd $clone; exec /bin/bash -i" ;;
*) say "It knows run, test, ci and shell, not $what."; exit 2 ;;
esac
