"""What is counted while the program runs, for whoever watches over it: never who or what.

A label is a route of ours, a method, a status or a word of this module. Nothing that was sent
becomes one, so that no name leaks and no stranger makes the counters grow. With many worker
processes PROMETHEUS_MULTIPROC_DIR names the folder where they add up (deploy/gunicorn.conf.py).
"""

from prometheus_client import Counter, Gauge, Histogram

METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
OTHER_METHOD = "other"
UNMATCHED = "unmatched"
"""The route of every address that no page has."""
MADE = "made"
REFUSED = "refused"
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

requests_total = Counter(
    "clinic_requests", "Requests that were answered.", ("route", "method", "status")
)
request_seconds = Histogram(
    "clinic_request_seconds", "How long an answer took.", ("route",), buckets=SECONDS
)
incidents_total = Counter("clinic_incidents", "Faults that nobody foresaw; the log has each.")
database_errors_total = Counter(
    "clinic_database_errors", "Transactions that failed since the database was away or busy."
)
papers_total = Counter("clinic_papers", "Papers by how it went: made, refused.", ("outcome",))
papers_at_work = Gauge(
    "clinic_papers_at_work", "Papers that are being made.", multiprocess_mode="livesum"
)


def method_label(method: str) -> str:
    """Give a method that we know, or one word for all others."""
    return method if method in METHODS else OTHER_METHOD
