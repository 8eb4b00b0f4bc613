#!/bin/sh
# Runs `clinic` as the service, with its settings: as-clinic verify. For root; goes to /usr/local/sbin/as-clinic.
exec systemd-run --quiet --pty --pipe --wait --collect --uid=clinic-intake \
    --property=EnvironmentFile=/etc/clinic-intake/clinic-intake.env \
    --property=UMask=0077 --setenv=PYTHONUTF8=1 \
    /opt/clinic-intake/.venv/bin/clinic "$@"
