"""How gunicorn serves many workers behind nginx: `gunicorn --config deploy/gunicorn.conf.py`.

Never without nginx in front: a worker has a few threads, and one slow visitor holds one of
them. nginx takes a whole request before it hands it over, and lets visitors be slow.
"""

import os
import shutil
import tempfile

from gunicorn.glogging import Logger

from clinic import logs

logs.begin()


class Log(Logger):
    """Has gunicorn speak in our lines: its own hold addresses, and those may hold a token."""

    def setup(self, cfg):
        """Put our lines in the place of gunicorn's."""
        super().setup(cfg)
        self.error_log.handlers = [logs.OfLibraries()]


wsgi_app = "clinic.wsgi:make()"
proc_name = "clinic-intake"

# systemd hands over a socket of its own (deploy/clinic-web.socket); this one is for all others.
bind = "unix:/run/clinic-intake-web.sock"
umask = 0o007  # nobody but the group, to which nginx belongs, may reach it

# Each worker makes papers in up to two more processes. One for each processor is a good start.
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = 8
# A kept connection may end just as nginx sends the next request on it. To make one costs nothing.
keepalive = 0
backlog = 512

timeout = 60  # a worker that gives no sign of life for so long is ended, and another begun
graceful_timeout = 30  # so long a worker that is told to stop may finish what it has begun

# The same limits as in deploy/nginx.conf, and of clinic/web/server.py.
limit_request_line = 8190
limit_request_fields = 100
limit_request_field_size = 8190

# A way in that nobody needs.
control_socket_disable = True

# nginx alone says who asks, and the app reads it (CLINIC_BEHIND_TLS): gunicorn believes nobody.
forwarded_allow_ips = ""
secure_scheme_headers = {}

accesslog = None
errorlog = "-"
logger_class = Log

# Workers add up what they count in a folder that ends with the service.
if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(
        prefix="clinic-metrics-", dir=os.environ.get("RUNTIME_DIRECTORY")
    )


def child_exit(_server, worker):
    """Forget what a worker had at work; what it counted stays."""
    # At its first import it looks where to count: not before the folder is named.
    from prometheus_client import multiprocess  # noqa: PLC0415

    multiprocess.mark_process_dead(worker.pid)


def on_exit(_server):
    """Take the folder of the counts away."""
    shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)
