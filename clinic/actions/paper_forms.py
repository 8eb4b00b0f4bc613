"""The questionnaire as a form to be filled in by hand, with the consent and the signs of danger."""

from dataclasses import dataclass

from markupsafe import Markup

from clinic.catalogue import date_order, tongue
from clinic.library.articles import Articles
from clinic.library.placeholders import filled
from clinic.marked import marked
from clinic.pdf.paper import Paper
from clinic.questionnaire.model import Questionnaire
from clinic.summary.model import ClinicDetails
from clinic.summary.paper_form import paper_steps
from clinic.triage.rules import RuleSet

CONSENT = "consent"
MADE = marked("{form} · rules {rules}")
NAME_LINE = marked("Name: {line}  Date of birth: {short_line}")
LINE, SHORT_LINE = "_" * 34, "_" * 18


@dataclass(frozen=True, slots=True)
class WantedForm:
    """Which paper form is wanted: of what, in which language, how large, on what paper."""

    questionnaire: Questionnaire
    language: str
    large: bool = False
    size: str = "letter"


def paper_form(
    wanted: WantedForm, *, rules: RuleSet, articles: Articles, clinic: ClinicDetails
) -> Paper:
    """Give the form as a paper. It holds nothing about anybody."""
    language = tongue(wanted.language)
    say = language.say
    form = wanted.questionnaire
    consent = articles.page(CONSENT, wanted.language)
    signs = articles.page("safety-net", wanted.language)
    title = form.title.within(wanted.language)
    return Paper(
        template="paper_form",
        values={
            "title": title,
            "steps": paper_steps(form, language, rules.emergency_questions),
            "consent_title": consent.title,
            "consent": _filled(consent.html, clinic),
            "consent_version": f"{consent.version}, {consent.digest[:12]}",
            "signs_title": signs.section("signs").title,
            "signs": _filled(signs.section("signs").html, clinic),
            "crisis": _filled(signs.section("crisis").html, clinic),
            "name_line": say(NAME_LINE).format(line=LINE, short_line=SHORT_LINE),
            "date_order": date_order(wanted.language),
            "columns": not wanted.large,
        },
        title=f"{title}, {clinic.name}",
        who=clinic.name,
        made=say(MADE).format(
            form=f"{form.id} {form.version} {wanted.language}",
            rules=f"{rules.version} {rules.hash[:12]}",
        ),
        clinic=clinic,
        language=wanted.language,
        size=wanted.size,
        large=wanted.large,
    )


def _filled(html: str, clinic: ClinicDetails) -> Markup:
    return filled(
        html,
        {
            "emergency_number": clinic.emergency_number,
            "crisis_line": clinic.crisis_line,
            "clinic_phone": clinic.phone,
            "clinic_name": clinic.name,
            "call_by": clinic.call_by,
            "resume_days": str(clinic.resume_days),
        },
    )
