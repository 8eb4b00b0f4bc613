"""By when somebody calls on the same day: any way to write the time, right in each language."""

import pytest

from clinic.catalogue import say_in
from clinic.config import load_settings
from clinic.errors import Misconfigured
from clinic.opening import clock_after_by


@pytest.mark.parametrize(
    ("written", "english", "spanish"),
    [
        ("5 pm", "5 pm", "las 5 p.m."),
        ("17:00", "5 pm", "las 5 p.m."),
        ("1 pm", "1 pm", "la 1 p.m."),
        ("1:30 p.m.", "1:30 pm", "la 1:30 p.m."),
        ("01:00", "1 am", "la 1 a.m."),
        ("9am", "9 am", "las 9 a.m."),
        ("12:15 am", "12:15 am", "las 12:15 a.m."),
        ("Noon", "noon", "mediodía"),
        ("12 pm", "noon", "mediodía"),
        ("midnight", "midnight", "medianoche"),
    ],
)
def test_a_time_stands_after_by_as_its_language_says_it(written, english, spanish):
    assert clock_after_by(written, str) == english
    assert clock_after_by(written, say_in("es")) == spanish


@pytest.mark.parametrize("wrong", ["soon", "5", "13 pm", "0 am", "24:00", "5:61 pm", "at 5 pm"])
def test_what_is_no_time_stops_the_start(wrong):
    with pytest.raises(Misconfigured, match=r"^CLINIC_CALL_BY: write a time such as 5 pm"):
        load_settings({"CLINIC_CALL_BY": wrong, "HOME": "/"})
