"""A clinic that is paid for the treatments says so where they are told of."""

import pytest

from clinic.config import Settings

LINE = "This clinic offers these treatments and is paid for them."
PAGES = (
    "/options/",
    "/options/stem-cell-therapy",
    "/options/platelet-rich-plasma",
    "/options/choosing-a-facility",
)


@pytest.mark.parametrize("path", PAGES)
def test_a_clinic_that_is_not_paid_says_nothing_of_it(browser, path):
    assert LINE not in browser.get(path).text


class TestPaidFor:
    """The same pages of a clinic that offers the treatments itself."""

    @pytest.fixture
    def settings(self, tmp_path):
        return Settings(
            data=tmp_path / "data",
            key_file=tmp_path / "keys" / "clinic.key",
            paid_for_regenerative=True,
        )

    def test_the_last_page_of_the_form_says_it_where_it_tells_of_them(self, patient):
        patient.answers_everything()

        assert LINE in patient.sends().select_one("#options").parent.text

    @pytest.mark.parametrize("path", PAGES)
    def test_every_page_about_them_says_that_it_is_paid(self, browser, path):
        assert LINE in browser.get(path).text
