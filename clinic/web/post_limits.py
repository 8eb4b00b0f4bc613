"""No post of somebody who is not signed in is taken without end, whatever it is for.

Every such post is counted in the database, so that all workers share the count and a restart
does not forget it: by the form that the device holds, else by its address. The numbers stop a
program, and no person: many patients may answer behind one address of a clinic, since what
counts then is the form of each. A view that takes far fewer says so in its own action, beside
this.
"""

from typing import TypeVar

from flask import Flask, request, session

from clinic.errors import TooManyAttempts
from clinic.store import limits
from clinic.web.security import SAFE_METHODS, STAFF, audiences
from clinic.web.visit import INTAKE_KEY, database, now, remote_address

View = TypeVar("View")


def counted_in_action(view: View) -> View:
    """Declare that the action of a view counts its posts, in the transaction that it needs anyway.

    Only of a view that writes nothing by any other way.
    """
    view.counted_in_action = True  # type: ignore[attr-defined]
    return view


def limit_posts(app: Flask) -> None:
    """Count the posts of strangers. Call it after the doors: what they refuse is not counted.

    Else another site could use up, through the browser of somebody at the clinic, what the
    clinic's address may post.
    """

    def count() -> None:
        if request.method not in SAFE_METHODS and is_counted(app, request.endpoint):
            _count()

    app.before_request(count)


def is_counted(app: Flask, endpoint: str | None) -> bool:
    """True of an address that strangers may post to, where no action counts for itself."""
    if endpoint is None or audiences(app, endpoint) <= STAFF:
        return False
    return not getattr(app.view_functions[endpoint], "counted_in_action", False)


def _count() -> None:
    form = session.get(INTAKE_KEY)
    with database().writing() as tx:
        if form is None:
            wait = limits.hit(tx, limits.POSTS_OF_ADDRESS, remote_address(), now())
        else:
            wait = limits.hit(tx, limits.POSTS_OF_FORM, form, now())
    if wait is not None:
        raise TooManyAttempts(wait)
