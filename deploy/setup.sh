#!/bin/sh
# Sets up what `make` needs, and does nothing where nothing is missing.
#
#   deploy/setup.sh run     what the program needs: Debian packages and .venv
#   deploy/setup.sh check   the above, and the tools that look at the code
#   deploy/setup.sh test    the above, and what the tests drive: Chromium, PostgreSQL, nginx, PDF tools
#
# Debian packages are installed where this is root or sudo asks no password. Elsewhere the exact
# command is printed; `run` and `check` then stop, `test` goes on and its tests skip, out loud.
# PYTHON names another Python than the newest one found.
set -eu
cd "$(dirname "$0")/.."
what=${1:?"say what for: run, check or test"}

say() { printf '%s\n' "$*" >&2; }

find_python() {
    for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    say "Python 3.11 or newer is needed. Debian 12 and Ubuntu 24.04 bring it: apt-get install python3"
    return 1
}

loads() { "$python" -c "import ctypes; ctypes.CDLL('$1')" 2>/dev/null; }

snap_only() { grep -qs '^ID=ubuntu' /etc/os-release; }  # its chromium package is an empty shell

# Each Debian package whose work cannot be done here yet, asked of the thing itself, so that
# another system or a hand-made build counts as well.
missing_for_run() {
    "$python" -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
    "$python" -c 'import zoneinfo; zoneinfo.ZoneInfo("America/New_York")' 2>/dev/null || echo tzdata
    loads libpango-1.0.so.0 || echo libpango-1.0-0
    loads libpangoft2-1.0.so.0 || echo libpangoft2-1.0-0
    loads libharfbuzz-subset.so.0 || echo libharfbuzz-subset0
}

missing_for_test() {
    # Chromium without its windows; a whole one does as well, and takes three times as long.
    snap_only || command -v chromium-headless-shell >/dev/null || echo chromium-headless-shell
    command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || echo postgresql
    command -v nginx >/dev/null || [ -x /usr/sbin/nginx ] || echo nginx
    loads libatomic.so.1 || echo libatomic1  # the program that Playwright steers browsers with
    command -v pdftoppm >/dev/null || echo poppler-utils
    command -v qpdf >/dev/null || echo qpdf
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo -n "$@"
    fi
}

# The tests start servers of their own: installing these for them must leave none running. The
# files that say so are taken away again; where another one stands already it is left alone.
without_running_servers() {
    setting=/etc/postgresql-common/createcluster.d/none-while-installing.conf
    policy=/usr/sbin/policy-rc.d
    as_root mkdir -p "${setting%/*}"
    echo 'create_main_cluster = false' | as_root tee "$setting" >/dev/null
    if [ -e "$policy" ]; then policy=; else
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
        as_root chmod 755 "$policy"
    fi
    "$@" && result=0 || result=$?
    as_root rm -f "$setting" $policy
    return "$result"
}

install_debian() {
    say "Installing Debian packages: $*"
    apt="as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=600"
    $apt update >&2 || return 1
    case " $* " in
    *" postgresql "* | *" nginx "*)
        without_running_servers $apt install -y --no-install-recommends "$@" >&2
        ;;
    *) $apt install -y --no-install-recommends "$@" >&2 ;;
    esac
}

# Installs the packages it is given, or says how to; false when they are still missing.
provide() {
    [ $# -gt 0 ] || return 0
    if command -v apt-get >/dev/null && as_root true 2>/dev/null; then
        install_debian "$@" && return 0
        say "Installing them did not work. When it can, run:"
    else
        say "These are missing here: $*. As an administrator, run:"
    fi
    say
    say "    apt-get update && apt-get install --no-install-recommends $*"
    say
    return 1
}

# .venv holds exactly what the lock file says; the stamp is the sum of what it was made from.
make_venv() {
    lock=requirements/$1.txt
    stamp=.venv/.installed-$1
    sum=$(cat "$lock" pyproject.toml | cksum)
    if [ -x .venv/bin/clinic ] && [ "$(cat "$stamp" 2>/dev/null)" = "$sum" ]; then
        return
    fi
    .venv/bin/python -c '' 2>/dev/null || "$python" -m venv --clear .venv
    say "Installing the $(grep -c == "$lock") Python packages of $lock (a minute or two) ..."
    pip="env PIP_DISABLE_PIP_VERSION_CHECK=1 .venv/bin/python -m pip install --quiet --no-input"
    $pip --require-hashes --only-binary :all: -r "$lock"
    $pip --no-deps --no-build-isolation --no-index --editable .
    echo "$sum" >"$stamp"
}

python=$(find_python)
provide $(missing_for_run) || exit 1
case $what in
run)
    make_venv run
    ;;
check)
    make_venv dev
    ;;
test)
    if snap_only && ! command -v chromium >/dev/null; then
        say "Ubuntu has Chromium as a snap only: the journeys in a browser are SKIPPED."
    fi
    provide $(missing_for_test) || say "Until then the tests that need them are SKIPPED."
    make_venv dev
    ;;
*)
    say "deploy/setup.sh knows run, check and test, not $what."
    exit 2
    ;;
esac
