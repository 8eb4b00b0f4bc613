"""Which questions some answers show, and which answers are left out."""

from itertools import pairwise

import pytest

from clinic.questionnaire.conditions import AnyOf
from clinic.questionnaire.model import Option, Questionnaire, Text
from clinic.questionnaire.response import (
    Place,
    enabled_places,
    enabled_response,
    initial_answers,
    instances,
    is_enabled,
    places,
)
from clinic.questionnaire.values import Coding
from tests.make import make_comparison, make_item, make_questionnaire, make_response


def shown(form: Questionnaire, answers: dict, least: int = 0) -> list[str]:
    response = make_response(answers, questionnaire=form)
    return [place.key for place in enabled_places(form, response.answers, least=least)]


def kept(form: Questionnaire, answers: dict) -> set[str]:
    return set(enabled_response(form, make_response(answers, questionnaire=form)).answers)


def test_a_question_without_condition_is_always_shown():
    assert shown(make_questionnaire(make_item("a"), make_item("b")), {}) == ["a", "b"]


@pytest.mark.parametrize(
    ("operator", "limit", "answer", "expected"),
    [
        ("exists", True, None, False),
        ("exists", True, 3, True),
        ("exists", False, None, True),
        ("exists", False, 3, False),
        ("=", 3, 3, True),
        ("=", 3, 4, False),
        ("=", 3, None, False),
        ("!=", 3, 3, False),
        ("!=", 3, 4, True),
        ("!=", 3, None, True),
        (">", 3, 3, False),
        (">", 3, 4, True),
        (">", 3, None, False),
        ("<", 3, 2, True),
        ("<", 3, 3, False),
        (">=", 3, 3, True),
        (">=", 3, 2, False),
        ("<=", 3, 3, True),
        ("<=", 3, 4, False),
    ],
)
def test_showing_has_two_values_for_every_operator(operator, limit, answer, expected):
    form = make_questionnaire(
        make_item("first", "integer"), make_item("then", when=("first", operator, limit))
    )

    assert ("then" in shown(form, {"first": answer})) is expected


def test_all_and_any_of_several_conditions():
    conditions = [("a", "=", True), ("b", "=", True)]
    either = AnyOf(tuple(make_comparison(*one) for one in conditions))
    form = make_questionnaire(
        make_item("a", "boolean"),
        make_item("b", "boolean"),
        make_item("both", when=conditions),
        make_item("either", when=either),
    )

    assert shown(form, {"a": True, "b": False}) == ["a", "b", "either"]
    assert shown(form, {"a": True, "b": True}) == ["a", "b", "both", "either"]
    assert shown(form, {"a": False}) == ["a", "b"]


def test_a_switched_off_group_hides_everything_in_it_to_any_depth():
    deep = make_item("deep", "integer", make_item("deeper"))
    group = make_item("group", "group", make_item("inner", "group", deep), when=("a", "=", True))
    form = make_questionnaire(make_item("a", "boolean"), group)
    answers = {"deep": 1, "deeper": "x"}

    assert kept(form, answers | {"a": True}) == {"a", "deep", "deeper"}
    assert kept(form, answers | {"a": False}) == {"a"}
    assert kept(form, answers) == set()


def test_an_answer_to_a_hidden_question_counts_as_absent_down_a_long_chain():
    names = [f"q{number}" for number in range(60)]
    items = [make_item(names[0], "boolean")] + [
        make_item(name, "boolean", when=(before, "=", True)) for before, name in pairwise(names)
    ]
    form = make_questionnaire(*items)
    everything = dict.fromkeys(names, True)

    assert kept(form, everything) == set(names)
    assert kept(form, everything | {"q0": False}) == {"q0"}
    assert kept(form, everything | {"q30": False}) == set(names[:31])


def test_a_hidden_answer_counts_as_absent_for_unequal_and_for_not_exists():
    form = make_questionnaire(
        make_item("a", "boolean"),
        make_item("b", "integer", when=("a", "=", True)),
        make_item("not-three", when=("b", "!=", 3)),
        make_item("no-b", when=("b", "exists", False)),
    )

    assert shown(form, {"a": False, "b": 3}) == ["a", "not-three", "no-b"]
    assert shown(form, {"a": True, "b": 3}) == ["a", "b"]


def test_a_question_may_hang_on_a_later_one():
    form = make_questionnaire(
        make_item("first", when=("last", "=", 1)), make_item("last", "integer")
    )

    assert shown(form, {"last": 1}) == ["first", "last"]
    assert shown(form, {}) == ["last"]


def test_a_question_below_a_question_is_shown_with_it():
    form = make_questionnaire(
        make_item("a", "boolean"),
        make_item("b", "string", make_item("under", "integer"), when=("a", "=", True)),
    )

    assert shown(form, {"a": True}) == ["a", "b", "under"]
    assert shown(form, {"under": 3}) == ["a"]


def test_a_tick_list_shows_by_any_of_its_ticks():
    form = make_questionnaire(
        make_item("signs", "choice", options=["fever", "chills", "none"], repeats=True),
        make_item("how-high", when=("signs", "=", Coding("fever"))),
    )

    assert "how-high" in shown(form, {"signs": ["chills", "fever"]})
    assert "how-high" not in shown(form, {"signs": ["chills"]})


def medicines() -> Questionnaire:
    return make_questionnaire(
        make_item("any", "boolean"),
        make_item(
            "medicine",
            "group",
            make_item("name"),
            make_item("kind", "choice", options=["pill", "shot"]),
            make_item("site", when=("kind", "=", Coding("shot"))),
            make_item("why", when=("any", "=", True)),
            repeats=True,
        ),
    )


def test_inside_a_repetition_a_question_hangs_on_its_own_instance():
    answers = {"medicine.0.kind": "shot", "medicine.1.kind": "pill"}

    found = shown(medicines(), answers)

    assert "medicine.0.site" in found
    assert "medicine.1.site" not in found


def test_inside_a_repetition_a_question_may_hang_on_one_outside():
    answers = {"any": True, "medicine.0.name": "A", "medicine.1.name": "B"}

    assert {"medicine.0.why", "medicine.1.why"} <= set(shown(medicines(), answers))
    assert not {"medicine.0.why", "medicine.1.why"} & set(
        shown(medicines(), answers | {"any": False})
    )


def test_answers_in_a_hidden_instance_question_are_left_out_of_that_instance_only():
    answers = {
        "medicine.0.kind": "shot",
        "medicine.0.site": "arm",
        "medicine.1.kind": "pill",
        "medicine.1.site": "leg",
    }

    assert kept(medicines(), answers) == {"medicine.0.kind", "medicine.0.site", "medicine.1.kind"}


def nested() -> Questionnaire:
    hour = make_item("hour", "integer")
    late = make_item("late", when=("hour", ">", 20))
    shot = make_item("shot-note", when=("kind", "=", Coding("shot")))
    dose = make_item("dose", "group", hour, late, shot, repeats=True)
    kind = make_item("kind", "choice", options=["pill", "shot"])
    return make_questionnaire(make_item("medicine", "group", kind, dose, repeats=True))


def test_repetitions_in_repetitions_look_in_the_nearest_instance_first():
    answers = {
        "medicine.0.kind": "pill",
        "medicine.0.dose.0.hour": 8,
        "medicine.0.dose.1.hour": 22,
        "medicine.1.kind": "shot",
        "medicine.1.dose.0.hour": 8,
    }

    found = shown(nested(), answers)

    assert [key for key in found if key.endswith("late")] == ["medicine.0.dose.1.late"]
    assert [key for key in found if key.endswith("note")] == ["medicine.1.dose.0.shot-note"]


def test_from_outside_a_repetition_before_it_the_last_instance_counts():
    form = make_questionnaire(
        make_item("medicine", "group", make_item("more", "boolean"), repeats=True),
        make_item("list", when=("more", "=", True)),
    )

    assert "list" in shown(form, {"medicine.0.more": False, "medicine.1.more": True})
    assert "list" not in shown(form, {"medicine.0.more": True, "medicine.1.more": False})
    assert "list" not in shown(form, {})


def test_from_outside_a_repetition_after_it_the_first_instance_counts():
    form = make_questionnaire(
        make_item("list", when=("more", "=", True)),
        make_item("medicine", "group", make_item("more", "boolean"), repeats=True),
    )

    assert "list" in shown(form, {"medicine.0.more": True, "medicine.1.more": False})


def test_a_repeated_question_with_questions_below_has_an_instance_for_each_answer():
    form = make_questionnaire(make_item("medicine", "string", make_item("dose"), repeats=True))
    answers = {"medicine": ["A", "B"], "medicine.1.dose": "2"}

    assert shown(form, answers) == ["medicine", "medicine.0.dose", "medicine.1.dose"]
    assert kept(form, answers) == {"medicine", "medicine.1.dose"}


def test_link_ids_with_dots_are_not_taken_for_instances():
    form = make_questionnaire(
        make_item("1", "group", make_item("1.1", "integer"), repeats=True),
        make_item("1.2", "integer"),
        make_item("1.2.9", "integer"),
    )
    answers = make_response({"1.2": 4, "1.2.9": 5, "1.0.1.1": 6}, questionnaire=form).answers

    assert instances(Place(form.items[0]), answers) == 1
    assert instances(Place(form.items[0]), {"1.2": (4,), "1.2.9": (5,)}) == 0
    assert kept(form, {"1.2": 4, "1.2.9": 5, "1.0.1.1": 6}) == {"1.2", "1.2.9", "1.0.1.1"}


def test_one_prefix_that_is_the_start_of_another_is_told_apart():
    form = make_questionnaire(
        make_item(
            "1",
            "group",
            make_item("flag", "boolean"),
            make_item("1.1", "group", make_item("x", when=("flag", "=", True)), repeats=True),
            repeats=True,
        ),
        make_item("1.1.1", "group", make_item("y", when=("flag", "=", True)), repeats=True),
    )
    answers = {"1.0.flag": False, "1.1.flag": True, "1.1.1.1.0.x": "a", "1.1.1.0.y": "b"}

    assert {"1.1.1.1.0.x", "1.1.1.0.y"} <= kept(form, answers)


def test_no_instance_is_opened_unless_asked_for_or_required():
    optional = make_item("optional", "group", make_item("a"), repeats=True)
    needed = make_item("needed", "group", make_item("b"), repeats=True, required=True)
    form = make_questionnaire(optional, needed)

    assert shown(form, {}) == ["optional", "needed", "needed.0.b"]
    assert shown(form, {}, least=1) == ["optional", "optional.0.a", "needed", "needed.0.b"]
    assert shown(form, {"optional.2.a": "x"})[1:4] == [f"optional.{n}.a" for n in range(3)]


def test_an_item_that_hangs_on_itself_is_never_shown_and_never_asked_forever():
    form = make_questionnaire(
        make_item("a", "boolean", when=("b", "!=", True)),
        make_item("b", "boolean", when=("a", "!=", True)),
        make_item("self", "boolean", when=("self", "=", True)),
    )

    assert "self" not in shown(form, {"self": True, "a": True, "b": True})


def test_leaving_out_forgets_nothing_of_the_response_itself():
    form = make_questionnaire(make_item("a", "boolean"), make_item("b", when=("a", "=", True)))
    response = make_response({"a": False, "b": "typed before"}, questionnaire=form)

    assert set(enabled_response(form, response).answers) == {"a"}
    assert set(response.answers) == {"a", "b"}
    assert enabled_response(form, response.with_answers({"a": (True,)})).answers["b"]


def test_is_enabled_judges_one_place():
    form = make_questionnaire(make_item("a", "boolean"), make_item("b", when=("a", "=", True)))
    place = Place(form.by_link_id["b"])

    assert not is_enabled(form, {}, place)
    assert is_enabled(form, {"a": (True,)}, place)


def test_first_answers_come_from_initial_and_from_options_selected_at_first():
    selected = Option(value=Coding("b"), text=Text("B"), initially_selected=True)
    form = make_questionnaire(
        make_item("number", "integer", initial=(7,)),
        make_item("letter", "choice", options=["a", selected]),
        make_item("blank"),
        make_item("rows", "group", make_item("inner", initial=("x",)), repeats=True),
    )

    assert initial_answers(form) == {"number": (7,), "letter": (Coding("b"),)}


def test_places_keep_the_order_of_the_form():
    form = nested()
    answers = {"medicine.1.dose.0.hour": (8,)}

    assert [place.key for place in places(form.items, answers)] == [
        "medicine",
        "medicine.0.kind",
        "medicine.0.dose",
        "medicine.1.kind",
        "medicine.1.dose",
        "medicine.1.dose.0.hour",
        "medicine.1.dose.0.late",
        "medicine.1.dose.0.shot-note",
    ]
