"""On a clinic tablet no page is the answer to a post.

A browser keeps the body of a post beside the page that answered it, in its history and in the
file from which it brings its tabs back: the words of a patient on the disk of a tablet. So the
page is kept with the session, sealed, and given once to the address that follows.
"""

from flask import Flask, Response, redirect, request, session
from werkzeug.wrappers import Response as WebResponse

from clinic.web import sessions
from clinic.web.security import nonce

PAGE_KEY = "page_after_post"
NO_PAGE = frozenset({"tablet.here", "tablet.ready"})
"""What no kept page stands in for: a word that somebody types, and the end of all that is kept."""


def answer_by_get(app: Flask) -> None:
    """Let every post on a tablet be answered by an address. Call it after the doors are on."""
    app.before_request(_page_kept)
    app.after_request(_address_of)


def _page_kept() -> WebResponse | None:
    """Give the page that a post made a moment ago, once."""
    if request.method != "GET" or request.endpoint in NO_PAGE:
        return None
    kept = session.pop(PAGE_KEY, None)
    if kept is None or kept["path"] != request.full_path:
        return None
    html = str(kept["html"]).replace(kept["nonce"], nonce())
    return Response(html, status=kept["status"])


def _address_of(response: Response) -> Response:
    is_page = response.mimetype == "text/html" and not 300 <= response.status_code < 400
    if request.method != "POST" or not is_page or not sessions.on_tablet():
        return response
    session[PAGE_KEY] = {
        "path": request.full_path,
        "html": response.get_data(as_text=True),
        "nonce": nonce(),
        "status": response.status_code,
    }
    place = request.full_path.rstrip("?")
    return redirect(f"{request.script_root}{place}", code=303, Response=Response)  # type: ignore[return-value]
