"""Puts the house together: settings, database, content, pages."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from babel.support import NullTranslations
from flask import Flask, Response, g, request, session
from flask_babel import Babel, get_locale, get_translations
from jinja2 import StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from werkzeug.middleware.proxy_fix import ProxyFix

from clinic import catalogue, logs
from clinic.actions.printing import printing_kit
from clinic.catalogue import with_english_marked
from clinic.config import Settings, utc_now
from clinic.errors import Misconfigured, Unavailable
from clinic.library.logo import Logo
from clinic.library.placeholders import filled
from clinic.library.places import content_dir, templates_dir
from clinic.library.sections import ForeignHtml
from clinic.library.shelf import Shelf, read_shelf
from clinic.pdf.pool import RenderPool
from clinic.store.database import Database, open_database
from clinic.web import health, look, post_limits, security, sessions, tablet
from clinic.web.after_post import answer_by_get
from clinic.web.assets import own_logo, read_assets, serve_assets
from clinic.web.education import views as education
from clinic.web.errors import answer_errors, note_incident, want_session
from clinic.web.filters import register_filters
from clinic.web.in_memory import InMemoryRequest
from clinic.web.intake import adding, coming_back, invited, on_tablet
from clinic.web.intake import views as intake
from clinic.web.intake.names import element_id
from clinic.web.languages import (
    FIRST,
    SpokenAddress,
    address_in,
    alternates,
    at,
    choose_language,
    lang_of,
    locale_of,
    other_languages,
    with_language,
)
from clinic.web.packing import pack_pages
from clinic.web.paper import views as paper
from clinic.web.referral import views as receiving
from clinic.web.sessions import StoredSessions
from clinic.web.staff import views as staff
from clinic.web.turned import as_it_runs
from clinic.web.visit import EXTENSION, House, clinic_details, details_of, today
from clinic.web.watching import watch

# Typing a paper in needs the pages of patients, which no page of staff may import.
staff.blueprint.register_blueprint(paper.blueprint)

MAX_BODY_BYTES = 1024 * 1024
MAX_FIELDS = 2000


class ClinicApp(Flask):
    """Flask, but for its log: a traceback there would hold what people typed; so would a file."""

    request_class = InMemoryRequest

    def log_exception(self, exc_info: tuple[Any, ...]) -> None:
        """Log where something broke, under a number that the page shows too."""
        note_incident(exc_info[1])

    def handle_exception(self, e: Exception) -> Response:
        """Answer what no page answered. A database that went away under a page is no incident."""
        if isinstance(e, Unavailable) and not sessions.away():
            sessions.write_nothing(e)
            return self.finalize_request(self.handle_user_exception(e), from_error_handler=True)
        return super().handle_exception(e)


def create_app(
    settings: Settings,
    *,
    database: Database | None = None,
    shelf: Shelf | None = None,
    pool: RenderPool | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> Flask:
    """Make the web application. Raises Misconfigured and ContentFault.

    Without a database it opens the one of the settings; without a shelf it reads content/ and
    the clinic's own folder; without a pool it makes one.
    """
    logs.begin()
    app = ClinicApp("clinic", template_folder=str(templates_dir()), static_folder=None)
    database = database or open_database(settings)
    shelf = shelf or read_shelf(content_dir(), settings.content)
    house = _house(settings, database, shelf, pool, clock)
    app.extensions[EXTENSION] = house
    _configure(app, settings, database)
    _dress_templates(app, settings)
    app.jinja_env.globals["own_pages"] = bool(shelf.articles.local())
    app.jinja_env.filters["mark_english"] = lambda text: with_english_marked(
        text, shelf.stand_ins.get(g.get("language", FIRST), ())
    )
    for blueprint in (
        education.blueprint,
        intake.blueprint,
        coming_back.blueprint,
        adding.blueprint,
        invited.blueprint,
        on_tablet.blueprint,
        receiving.blueprint,
        health.blueprint,
        look.blueprint,
    ):
        app.register_blueprint(blueprint)
    app.register_blueprint(staff.blueprint, url_prefix="/staff")
    _serve_files(app, shelf.logo)
    answer_errors(app)
    health.look_after_readiness(app)
    # First of those that look at answers, so that it is the last to touch them.
    pack_pages(app)
    security.guard(app, behind_tls=settings.behind_tls, max_fields=MAX_FIELDS)
    post_limits.limit_posts(app)
    # Before what answers posts on a tablet: its answers are to carry the cookie too.
    look.remember_look(app)
    answer_by_get(app)
    security.require_declarations(app)
    watch(app, behind_tls=settings.behind_tls)
    return app


def _serve_files(app: Flask, logo: Logo | None) -> None:
    """Serve what pages load, the clinic's own logo among it where there is one."""
    assets = read_assets(content_dir() / "figures")
    app.jinja_env.globals["logo"] = logo
    if logo is not None:
        assets[logo.name] = own_logo(logo)
    serve_assets(app, assets)


def _house(
    settings: Settings,
    database: Database,
    shelf: Shelf,
    pool: RenderPool | None,
    clock: Callable[[], datetime],
) -> House:
    for language in settings.languages:
        if language not in shelf.spoken:
            raise Misconfigured(f"CLINIC_LANGUAGES: there is no folder content/{language}.")
        if language in shelf.unsafe:
            why = f"{language} lacks a text of safety: {shelf.unsafe[language]}"
            raise Misconfigured(f"CLINIC_LANGUAGES: {why}. `clinic check` tells all of them.")
    kit = printing_kit(shelf, details_of(settings), settings.languages)
    return House(
        settings=settings,
        database=database,
        questionnaires=shelf.questionnaires,
        book=shelf.book,
        destinations=shelf.destinations,
        summary_plan=shelf.summary_plan,
        spoken=shelf.spoken,
        articles=shelf.articles,
        drawings=shelf.drawings,
        sources=shelf.sources,
        handouts=kit["handouts"],
        pool=pool or RenderPool(**kit),
        clock=clock,
    )


def _configure(app: Flask, settings: Settings, database: Database) -> None:
    app.secret_key = database.secret("csrf")
    app.config.update(
        # Whatever FLASK_DEBUG says: a fault would end in a traceback with what people typed.
        DEBUG=False,
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_BODY_BYTES,
        MAX_FORM_PARTS=MAX_FIELDS,
        TRUSTED_HOSTS=list(settings.trusted_hosts),
        WTF_CSRF_TIME_LIMIT=None,
        # The Origin header is looked at for every post; a Referer is often left out.
        WTF_CSRF_SSL_STRICT=False,
        BABEL_DEFAULT_LOCALE=locale_of(FIRST),
        BABEL_DEFAULT_TIMEZONE=settings.time_zone,
        BABEL_TRANSLATION_DIRECTORIES=str(catalogue.FOLDER),
    )
    app.session_interface = StoredSessions(secure=settings.behind_tls)
    app.wsgi_app = SpokenAddress(app.wsgi_app, settings.languages)  # type: ignore[method-assign]
    if settings.behind_tls:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign]
    Babel(app, locale_selector=lambda: locale_of(g.get("language", FIRST)))
    app.before_request(choose_language)
    app.before_request(want_session)


def _dress_templates(app: Flask, settings: Settings) -> None:
    environment = app.jinja_env
    environment.undefined = StrictUndefined
    environment.finalize = as_it_runs
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: _words().ugettext(text),
        lambda one, many, number: _words().ungettext(one, many, number),
        newstyle=True,
    )
    environment.trim_blocks = environment.lstrip_blocks = True
    register_filters(environment)
    details = details_of(settings)
    words = {
        "clinic_name": details.name,
        "clinic_phone": details.phone,
        "emergency_number": details.emergency_number,
        "crisis_line": details.crisis_line,
        "resume_days": str(details.resume_days),
    }

    def clinic_words(html: str) -> Markup:
        """Fill the clinic's names and numbers into words from content/."""
        language = html.language if isinstance(html, ForeignHtml) else ""
        say = catalogue.say_in(language or g.get("language", FIRST))
        values = words | {"call_by": details.call_by_in(say)}
        safe = with_language(filled(html, values), language)  # the words are escaped there
        return Markup(safe)  # nosec B704  # noqa: S704

    environment.globals.update(at=at, lang_of=lang_of)
    environment.filters["clinic_words"] = clinic_words
    environment.filters["clinic_time"] = lambda moment: moment.astimezone(settings.zone)
    environment.filters["due_now"] = lambda texts: [each for each in texts if today() > each.due_by]
    environment.filters["element_id"] = element_id
    environment.filters["autofill"] = _autofill
    app.context_processor(_for_every_template)


@pass_context  # else a filter over a plain word is worked out once, when a template is read
def _autofill(_context: Context, kind: str | None) -> str:
    """Give what a browser may fill into a box; on a clinic tablet it fills in nothing."""
    return "off" if sessions.on_tablet() and kind != "new-password" else kind or ""


def _words() -> NullTranslations:
    """Give the words of the request's language, found once: a long list asks hundreds of times."""
    if "words" not in g:
        g.words = get_translations()
    words: NullTranslations = g.words
    return words


def _for_every_template() -> dict[str, object]:
    locale = get_locale()
    return {
        "clinic": clinic_details(),
        "language": g.get("language", FIRST),
        "other_languages": other_languages(),
        "alternates": alternates(),
        "text_direction": locale.text_direction if locale else "ltr",
        "csp_nonce": security.nonce,
        "here": at(request.path),
        "here_again": address_in(g.get("language", FIRST)),
        "large_print": look.is_large(),
        "today": today(),
        "tablet": tablet.limits(session) if sessions.on_tablet() else None,
    }
