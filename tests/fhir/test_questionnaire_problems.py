"""What a Questionnaire asks that we cannot do is named, all of it, by link id."""

import pytest

from clinic.errors import UnreadableQuestionnaire
from clinic.fhir.questionnaire import questionnaire_from_json, questionnaire_problems
from clinic.questionnaire.conditions import AllOf, AnyOf, Comparison, Kind, Operator
from tests.fhir.forms import (
    EXTENSION,
    SDC,
    YES_NO,
    choice,
    control,
    extension,
    form,
    item,
    problems,
    read,
    when,
)

# enableWhen ----------------------------------------------------------------------


def test_a_condition_is_read_with_its_operator_and_answer():
    found = read(item("a", "integer"), item("b", enableWhen=[when("a", ">=", answerInteger=3)]))

    assert found.enable_when == Comparison(Kind.QUESTION, "a", Operator.GREATER_OR_EQUAL, 3)


@pytest.mark.parametrize(
    ("behavior", "group"), [({"enableBehavior": "any"}, AnyOf), ({"enableBehavior": "all"}, AllOf)]
)
def test_several_conditions_and_their_behavior(behavior, group):
    conditions = [when("a", answerBoolean=True), when("a", "exists", answerBoolean=True)]
    found = read(item("a", "boolean"), item("b", enableWhen=conditions, **behavior))

    assert isinstance(found.enable_when, group)


def test_several_conditions_without_behavior_are_an_error_that_is_read_as_all():
    conditions = [when("a", answerBoolean=True), when("a", "exists", answerBoolean=True)]
    found = read(item("a", "boolean"), item("b", enableWhen=conditions))

    assert isinstance(found.enable_when, AllOf)


@pytest.mark.parametrize(
    ("first", "condition", "complaint"),
    [
        (item("a"), when("nobody", answerString="x"), "there is no item 'nobody'"),
        (item("a", "display"), when("a", "exists", answerBoolean=True), "'a' is not a question"),
        (item("a"), when("a", "exists", answerString="x"), "exists needs answerBoolean"),
        (item("a", "boolean"), when("a", answerString="x"), "can never be given to 'a'"),
        (item("a", "integer"), when("a", answerBoolean=True), "can never be given to 'a'"),
        (item("a", "boolean"), when("a", ">", answerBoolean=True), "an order"),
        (choice("a"), when("a", ">", answerCoding={"code": "yes"}), "an order"),
        (choice("a"), when("a", answerCoding={"code": "maybe"}), "'a' has no option 'maybe'"),
        (item("a"), when("a", "~", answerString="x"), "the operator '~'"),
        (item("a"), when("a"), "needs one answer"),
        (item("a"), when("a", answerString="x", answerInteger=1), "needs one answer"),
        (item("a"), {"operator": "=", "answerString": "x"}, "needs the linkId"),
        (item("a"), when("a", answerReference={"reference": "x"}), "valueReference"),
    ],
)
def test_a_condition_that_can_never_be_judged_is_named(first, condition, complaint):
    (found,) = problems(first, item("b", enableWhen=[condition]))

    assert found.startswith("b: ")
    assert complaint in found


def test_conditions_that_go_in_a_circle_are_named_at_each_item():
    found = problems(
        item("a", enableWhen=[when("b", "exists", answerBoolean=True)]),
        item("b", enableWhen=[when("c", "exists", answerBoolean=True)]),
        item("c", enableWhen=[when("a", "exists", answerBoolean=True)]),
        item("d", enableWhen=[when("a", "exists", answerBoolean=True)]),
    )

    assert [one.split(":")[0] for one in found] == ["a", "b", "c"]


def test_a_group_that_hangs_on_a_question_inside_it_is_a_circle():
    inner = item("inner", "boolean")
    group = item("g", "group", item=[inner], enableWhen=[when("inner", answerBoolean=True)])

    assert any(one.startswith("g: ") for one in problems(group))


# What is refused -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        (item("q", "attachment"), "a file to send (attachment) is not supported"),
        (item("q", "reference"), "a reference to another record is not supported"),
        (item("q", "question"), "abstract"),
        (item("q", "coding"), "the type 'coding' is not one of group, display"),
        ({"linkId": "q", "text": "x"}, "the type None"),
        (item("q", "group"), "a group needs items"),
        (item("q", "display", item=[item("x")]), "cannot hold items"),
        (item("q", "display", required=True), "cannot be required"),
        (item("q", "choice"), "a choice needs options"),
        (item("q", "string", answerOption=YES_NO), "a string question cannot have options"),
        (item("q", "choice", answerOption=[YES_NO[0], YES_NO[0]]), "'yes' stands twice"),
        (item("q", "choice", answerOption=[{}]), "an option needs one value"),
        (item("q", "choice", answerOption=[{"valueCoding": {"display": "x"}}]), "without a code"),
        (item("q", "choice", answerOption=[{"valueReference": {}}]), "valueReference"),
        (item("q", required="yes"), "required: text is not true or false"),
        (item("q", maxLength="80"), "maxLength: text is not a whole number"),
        (item("q", "integer", maxLength=3), "maxLength does not fit a integer question"),
        (item("q", initial=[{"valueInteger": 3}]), "cannot be the first answer"),
        (item("q", initial=[{"valueString": "a"}, {"valueString": "b"}]), "only a repeating"),
        (item("q", extension=[extension("regex", valueString="[")]), "regular expression"),
        (item("q", extension=[extension("minValue", valueInteger=1)]), "does not fit a string"),
        (item("q", extension=[control("phoneWidget")]), "the item control phoneWidget"),
        (item("q", extension=[{"valueString": "x"}]), "without its address"),
        (item("q", modifierExtension=[{}]), "modifierExtension is not supported"),
        (item("q", requird=True), "is it meant to be 'required'?"),
        (item("q", item="x"), "item must be a list"),
        (item("q", item=["x"]), "each member must be an object"),
        (item("csrf_token"), "kept for the form itself"),
        ({"type": "string", "text": "x"}, "an item without a linkId"),
    ],
)
def test_what_we_cannot_do_is_named_with_its_item(raw, complaint):
    found = problems(item("fine"), raw)

    assert any(complaint in one for one in found)
    assert not any(one.startswith("fine") for one in found)


@pytest.mark.parametrize(
    "name",
    [
        SDC + "calculatedExpression",
        SDC + "enableWhenExpression",
        SDC + "initialExpression",
        SDC + "answerExpression",
        EXTENSION + "variable",
        EXTENSION + "questionnaire-constraint",
        "https://vendor.example/whatever",
    ],
)
@pytest.mark.parametrize("place", ["item", "form", "text", "required", "option"])
def test_an_extension_that_changes_behaviour_is_never_passed_over(name, place):
    changing = {"extension": [extension(name, valueString="x")]}
    raw = choice(required=True)
    more: dict = {}
    match place:
        case "item":
            raw |= changing
        case "form":
            more = changing
        case "option":
            raw["answerOption"] = [{**YES_NO[0], **changing}]
        case member:
            raw["_" + member] = changing

    assert any(name.rpartition("/")[2] in one for one in problems(raw, **more))


@pytest.mark.parametrize(
    "name", ["designNote", "questionnaire-displayCategory", "rendering-style", SDC + "shortText"]
)
def test_an_extension_that_changes_nothing_here_is_passed_over(name):
    assert problems(item(extension=[extension(name, valueString="x")])) == []


def test_everything_is_named_at_once_in_the_order_of_the_form():
    found = problems(item("a", "attachment"), item("b", "reference"), item("c", "choice"))

    assert [one.split(":")[0] for one in found] == ["a", "b", "c"]
    with pytest.raises(UnreadableQuestionnaire) as caught:
        questionnaire_from_json(form(item("a", "attachment"), item("b", "reference")))
    assert len(caught.value.problems) == 2


def test_what_stands_in_an_unsupported_item_is_looked_at_too():
    raw = item("a", "attachment", item=[item("b", "reference")])

    assert sorted(one.split(":")[0] for one in problems(raw)) == ["a", "b"]


def test_a_link_id_that_stands_twice_is_named_once():
    (found,) = problems(item("a"), item("g", "group", item=[item("a")]))

    assert found == "a: the linkId stands 2 times; each must be its own"


def test_a_link_id_that_reads_like_an_answer_in_a_repetition_is_named():
    rows = item("m", "group", repeats=True, item=[item("name")])

    (found,) = problems(rows, item("m.0.name"))

    assert found.startswith("m.0.name: ")
    assert problems(rows, item("m.0.other")) == []


@pytest.mark.parametrize("resource", [None, [], "x", {}, {"resourceType": "Patient"}])
def test_what_is_no_questionnaire_is_told_so(resource):
    assert questionnaire_problems(resource) == [
        'this is not a Questionnaire: resourceType must be "Questionnaire"'
    ]


def test_a_form_without_items_asks_nothing():
    assert questionnaire_problems({"resourceType": "Questionnaire", "status": "draft"}) == [
        "the questionnaire has no items"
    ]
