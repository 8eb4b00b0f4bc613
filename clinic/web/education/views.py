"""Pages that anybody may read."""

from flask import Blueprint, g, render_template
from markupsafe import Markup

from clinic.errors import NotFound
from clinic.library.article import LOCAL, Article
from clinic.library.sources import Source
from clinic.web.education.rule_table import public_tables
from clinic.web.own import advice_on, drawing_words, hold_seconds, own_summary
from clinic.web.security import Audience, open_to
from clinic.web.visit import articles, drawings, house, questionnaires, sources, spoken, today

blueprint = Blueprint("education", __name__)

QUESTIONNAIRE = "low-back-intake"
CHOOSING = "choosing-a-facility"


@blueprint.route("/")
@open_to(Audience.PUBLIC)
def home() -> str:
    """Say what can be done here, and which signs cannot wait."""
    return _article_page("education/home.html", articles().page("home", g.language))


@blueprint.route("/stretches/")
@open_to(Audience.PUBLIC)
def stretches() -> str:
    """List the stretches."""
    return _article_page(
        "education/stretches.html",
        articles().page("stretches", g.language),
        stretches=articles().stretches(g.language),
        mine=own_summary(),
        drawing_words=drawing_words,
    )


@blueprint.route("/stretches/<stretch_id>")
@open_to(Audience.PUBLIC)
def stretch(stretch_id: str) -> str:
    """Show one stretch, step by step."""
    article = articles().get("stretches", stretch_id, g.language)
    return _stretch_page("education/stretch.html", article)


@blueprint.route("/stretches/<stretch_id>/sheet")
@open_to(Audience.PUBLIC)
def stretch_sheet(stretch_id: str) -> str:
    """Show one stretch on one sheet of paper, with a diary."""
    article = articles().get("stretches", stretch_id, g.language)
    printed = next(each for each in house().handouts[g.language].stretches if each.id == article.id)
    return _stretch_page("education/stretch_sheet.html", article, stop=printed.stop)


@blueprint.route("/options/")
@open_to(Audience.PUBLIC)
def options() -> str:
    """List the treatments that are being studied."""
    return _article_page(
        "education/options.html",
        articles().page("options", g.language),
        options=[
            *articles().options(g.language),
            articles().get("options", CHOOSING, g.language),
        ],
        mine=own_summary(),
    )


@blueprint.route("/options/<option_id>")
@open_to(Audience.PUBLIC)
def option(option_id: str) -> str:
    """Show one option: what is known and what is not, its cost, what to ask."""
    article = articles().get("options", option_id, g.language)
    return _article_page("education/option.html", article, choosing=CHOOSING, mine=own_summary())


@blueprint.route("/how-we-decide")
@open_to(Audience.PUBLIC)
def how_we_decide() -> str:
    """Say by which rules an intake is sorted, without the name of any condition."""
    return _article_page(
        "education/how_we_decide.html",
        articles().page("how-we-decide", g.language),
        tables=public_tables(
            spoken().book, questionnaires().current(QUESTIONNAIRE), sources(), g.language
        ),
        stretch_names={each.id: each.title for each in articles().stretches(g.language)},
    )


@blueprint.route("/privacy")
@open_to(Audience.PUBLIC)
def privacy() -> str:
    """Say what is kept, for how long, and who sees it."""
    return _article_page("education/page.html", articles().page("privacy", g.language))


@blueprint.route("/accessibility")
@open_to(Audience.PUBLIC)
def accessibility() -> str:
    """Say what works for whom, and what does not yet."""
    return _article_page("education/page.html", articles().page("accessibility", g.language))


@blueprint.route("/clinic/")
@open_to(Audience.PUBLIC)
def clinic_pages() -> str:
    """List the pages that the clinic has written itself."""
    own = articles().local(g.language)
    if not own:
        raise NotFound("This clinic has no pages of its own.")
    return render_template("education/clinic.html", own=own)


@blueprint.route("/clinic/<page_id>")
@open_to(Audience.PUBLIC)
def clinic_page(page_id: str) -> str:
    """Show one page of the clinic's own; one that nobody has approved is not there."""
    return _article_page("education/page.html", articles().get(LOCAL, page_id, g.language))


def _stretch_page(template: str, article: Article, **more: object) -> str:
    """One stretch: to a patient whose browser holds answers, with what these say of it."""
    mine = own_summary()
    own = advice_on(mine, article.id) if mine else None
    return _article_page(
        template,
        article,
        mine=mine,
        own=own,
        hold_seconds=hold_seconds(own) if own else article.most_seconds,
        drawing_words=drawing_words,
        **more,
    )


def _article_page(template: str, article: Article, **more: object) -> str:
    return render_template(
        template,
        article=article,
        cited=_cited(article),
        drawing_of=_drawing_of,
        signs=articles().page("safety-net", g.language),
        today=today(),
        **more,
    )


def _cited(article: Article) -> list[Source]:
    return [sources().source(key) for key in article.sources]


def _drawing_of(name: str) -> Markup:
    """Give a drawing as an inline picture with its words."""
    return Markup(drawings().get(name, g.language).svg)  # nosec B704  # noqa: S704  ours
