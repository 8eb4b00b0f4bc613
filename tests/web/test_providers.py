"""The directory: found by name, service and language, kept by clinicians and admins."""

from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import pytest

from clinic.referral.provider import Provider
from clinic.store import audit, providers
from clinic.store.staff import Role
from tests.web.browser import Page
from tests.web.staff import BEFORE, Worker, hire

NPI = "1234567893"
OTHER_NPI = "1245319599"
PLACE = "/staff/providers/"
FULL = {
    "name": "Ana Méndez, MD",
    "kind": "person",
    "service": "spine-clinic",
    "npi": NPI,
    "board": "Pain Medicine",
    "board_checked_on": "1/31/2026",
    "board_checked_by": "Dana Ortiz",
    "board_checked_where": "the page of the board",
    "phone": "555-010-0142",
    "email": "desk@mill.example",
    "address": "1 Elm Street\nTown",
    "languages": "English;  Spanish",
    "notes": "Ring before noon.",
}


@pytest.fixture
def clinician(app, database) -> Worker:
    return Worker(app, hire(database, "clinician", Role.CLINICIAN)).signs_in()


@pytest.fixture
def desk(app, database) -> Worker:
    return Worker(app, hire(database, "desk", Role.FRONT_DESK)).signs_in()


@pytest.fixture
def keeps(database):
    """Puts an entry in, and gives its id."""

    def keep(name: str, **more) -> UUID:
        entry = Provider(id=uuid4(), name=name, **{"service": "spine-clinic", **more})
        with database.writing() as tx:
            providers.add(tx, entry, now=BEFORE)
        return entry.id

    return keep


@pytest.fixture
def kept(database):
    """Every listed entry by its name."""

    def all_kept() -> dict[str, Provider]:
        with database.reading() as tx:
            return {entry.name: entry for entry in providers.everyone(tx)}

    return all_kept


def names(page: Page) -> list[str]:
    return [link.text for link in page.select(".directory th a")]


def brings(worker: Worker, text: str | bytes, status: int = 200) -> Page:
    """Choose a file and look at what it would do."""
    data = text if isinstance(text, bytes) else text.encode()
    body = (
        b'--edge\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n'
        + worker.browser.token().encode()
        + b'\r\n--edge\r\nContent-Disposition: form-data; name="file"; filename="list.csv"'
        + b"\r\nContent-Type: text/csv\r\n\r\n"
        + data
        + b"\r\n--edge--\r\n"
    )
    kind = "multipart/form-data; boundary=edge"
    response = worker.browser.client.post(f"{PLACE}import", data=body, content_type=kind)
    return worker.browser._loaded(f"{PLACE}import", response, status)


def faults(page: Page) -> list[tuple[str, str]]:
    rows = page.select(".table tbody tr")
    return [(row.th.text, row.td.text) for row in rows]


# --- finding


def test_the_directory_stands_by_the_alphabet_whatever_the_letters(desk, keeps):
    for name in ("Zoe", "ana", "Bo"):
        keeps(name)

    assert names(desk.browser.get(PLACE)) == ["ana", "Bo", "Zoe"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("name=mil", ["Mill Road", "Millbrook Li"]),
        ("name=MÍLL+road", ["Mill Road"]),
        ("name=li", ["Millbrook Li"]),
        ("name=mi", []),
        ("name=_il", []),
        ("service=oncology", ["Elm House"]),
        ("language=haitian+creole", ["Elm House"]),
        ("language=creole", []),
        ("name=elm&service=spine-clinic", []),
        ("service=%27--", []),
        ("service=oncology%00", ["Elm House"]),
        ("name=%00&language=%00", ["Elm House", "Mill Road", "Millbrook Li"]),
    ],
)
def test_entries_are_found_by_name_service_and_language(desk, keeps, query, found):
    keeps("Mill Road")
    keeps("Millbrook Li")
    keeps("Elm House", service="oncology", languages="English, Haitian Creole")

    assert names(desk.browser.get(f"{PLACE}?{query}")) == found


def test_fewer_than_three_letters_are_said_to_find_whole_words(desk):
    assert "only whole words" in desk.browser.get(f"{PLACE}?name=mi").text


def test_pages_follow_one_another_without_a_gap(desk, keeps):
    wanted = [f"House {number:03}" for number in range(61)]
    for name in wanted:
        keeps(name)

    first = desk.browser.get(PLACE)
    second = desk.browser.get(first.link("Next page"))

    assert names(first) + names(second) == wanted
    assert "Next page" not in second.text


@pytest.mark.parametrize(("after", "status"), [("nonsense", 400), (uuid4(), 404)])
def test_a_page_that_is_not_there_is_said(desk, after, status):
    desk.browser.get(f"{PLACE}?after={after}", status)


@pytest.mark.parametrize(
    ("checked", "words"),
    [
        (date(2025, 3, 16), "more than a year ago, check again"),
        (date(2025, 3, 17), "Checked on March 17, 2025."),
    ],
)
def test_an_old_check_of_a_board_is_told_in_words(desk, keeps, checked, words):
    entry = keeps("Ana", board="Pain Medicine", board_checked_on=checked)

    assert words in desk.browser.get(PLACE).text
    assert words in desk.browser.get(f"{PLACE}{entry}").text


# --- keeping


def test_an_entry_is_added_tidied_and_audited(clinician, database, kept):
    clinician.browser.get(f"{PLACE}new")
    clinician.browser.submit(FULL)
    page = clinician.browser.follow()

    assert page.heading == "Ana Méndez, MD"
    assert "Checked on January 31, 2026." in page.text
    entry = kept()["Ana Méndez, MD"]
    assert entry.languages == "English, Spanish"
    assert entry.address == "1 Elm Street\nTown"
    with database.reading() as tx:
        (row,) = audit.trail(tx, subject=("provider", entry.id))
    assert row.action == "provider.add"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": "  "}, "Enter the name."),
        ({"service": ""}, "Enter the service."),
        ({"service": "magic"}, "Choose one of the services"),
        ({"npi": "1234567890"}, "This is not an NPI"),
        ({"board_checked_on": "2/30/2026"}, "There is no such day."),
        ({"board_checked_on": "3/18/2026"}, "still to come"),
        ({"board_checked_by": ""}, "A board certification needs the day"),
        ({"board": ""}, "Name the board that was checked."),
        ({"email": "desk@mill.example, boss@mill.example"}, "Enter one mail address"),
        ({"phone": "ring us"}, "Enter a number with its area code"),
        ({"name": "x" * 161}, "Shorten this to 160 characters."),
        ({"notes": "x" * 2001}, "Shorten this to 2,000 characters."),
    ],
    ids=str,
)
def test_a_wrong_entry_keeps_what_was_typed_and_says_how_to_mend(clinician, kept, change, words):
    clinician.browser.get(f"{PLACE}new")
    page = clinician.browser.submit({**FULL, **change}, 422)

    assert any(words in error for error in page.errors)
    assert page.select_one("#licence").get("value") == ""
    assert page.select_one("#notes").text.strip() == change.get("notes", "Ring before noon.")
    assert kept() == {}


def test_an_npi_that_stands_already_names_the_other_entry(clinician, keeps):
    keeps("Elm House", npi=NPI)
    clinician.browser.get(f"{PLACE}new")

    page = clinician.browser.submit(FULL, 422)

    assert "under “Elm House”" in page.errors[0]


def test_an_npi_of_a_removed_entry_says_to_bring_it_back(clinician, keeps, database):
    entry = keeps("Elm House", npi=NPI)
    with database.writing() as tx:
        providers.remove(tx, entry, version=1, now=BEFORE)
    clinician.browser.get(f"{PLACE}new")

    assert "Bring that entry back" in clinician.browser.submit(FULL, 422).errors[0]


def test_two_who_change_one_entry_see_both_texts(clinician, keeps, kept, database):
    entry = keeps("Elm House", phone="555-010-0100")
    clinician.browser.get(f"{PLACE}{entry}/change")
    with database.writing() as tx:
        other = replace(providers.get(tx, entry), phone="555-010-0111")
        providers.save(tx, other, version=1, now=BEFORE)

    page = clinician.browser.submit({"phone": "555-010-0122"}, 409)

    assert "555-010-0111" in page.select_one("#not-saved").text
    assert page.select_one("#phone").get("value") == "555-010-0122"
    clinician.browser.submit({})
    assert kept()["Elm House"].phone == "555-010-0122"


def test_an_entry_that_was_removed_meanwhile_keeps_what_was_typed(clinician, keeps, database):
    entry = keeps("Elm House")
    clinician.browser.get(f"{PLACE}{entry}/change")
    with database.writing() as tx:
        providers.remove(tx, entry, version=1, now=BEFORE)

    page = clinician.browser.submit({"notes": "Ring first."}, 409)

    assert "It was removed." in page.text
    assert page.select_one("#notes").text.strip() == "Ring first."


def test_a_removed_entry_is_not_listed_stays_readable_and_comes_back(clinician, keeps):
    entry = keeps("Elm House")
    clinician.browser.get(f"{PLACE}{entry}")
    clinician.browser.submit({})
    page = clinician.browser.follow()

    assert page.has("#removed")
    assert names(clinician.browser.get(PLACE)) == []
    assert names(clinician.browser.get(f"{PLACE}?removed=yes")) == ["Elm House"]
    clinician.browser.get(f"{PLACE}{entry}")
    clinician.browser.submit({})
    assert names(clinician.browser.get(PLACE)) == ["Elm House"]


def test_removing_twice_does_it_once_and_says_so(clinician, keeps):
    entry = keeps("Elm House")
    page = clinician.browser.get(f"{PLACE}{entry}")
    fields = page.fields()
    clinician.browser.post(f"{PLACE}{entry}/remove", fields)

    again = clinician.browser.post(f"{PLACE}{entry}/remove", fields, 409)

    assert again.has("#not-done")


def test_the_front_desk_reads_and_is_offered_no_change(desk, keeps):
    entry = keeps("Elm House")

    assert not desk.browser.get(f"{PLACE}{entry}").has("main form")
    assert "Add an entry" not in desk.browser.get(PLACE).text


@pytest.mark.parametrize("version", ["", "x", "-1", "1" * 20])
def test_a_post_without_a_version_is_refused(clinician, keeps, version):
    entry = keeps("Elm House")

    page = clinician.browser.post(f"{PLACE}{entry}/change", {**FULL, "version": version}, 400)

    assert "Open the page of the entry again" in page.text


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "Ana\u202e\x07 Méndez", "{{ 7*7 }}"])
def test_a_name_is_shown_as_text(clinician, name):
    clinician.browser.get(f"{PLACE}new")
    clinician.browser.submit({**FULL, "name": name})
    page = clinician.browser.follow()

    assert page.heading == name.replace("\u202e\x07", "")


# --- a file


def test_a_file_is_first_looked_at_then_done_and_done_once(clinician, kept, database):
    page = brings(clinician, "name,service,npi\nElm House,Oncology,\nAna Méndez,spine-clinic,\n")

    assert "would add 2, change 0" in page.text
    assert kept() == {}
    fields = page.fields()
    clinician.browser.post(f"{PLACE}import/do", fields)
    assert "2 added, 0 changed" in clinician.browser.follow().text
    assert kept()["Elm House"].service == "oncology"

    clinician.browser.post(f"{PLACE}import/do", fields)

    assert "Nothing to do" in clinician.browser.follow().text
    assert len(kept()) == 2
    with database.reading() as tx:
        acts = [row.action for row in audit.trail(tx)]
    assert acts.count("provider.add") == 2
    assert acts.count("provider.import") == 1


def test_what_was_saved_and_changed_elsewhere_is_read_back(clinician, keeps, kept):
    entry = keeps("=Elm House", phone="+1 555 010 0100", address="1 Elm\nTown")
    keeps("Oak House")
    saved = clinician.browser.get(f"{PLACE}providers.csv")
    text = saved.body.decode("utf-8-sig")

    assert "'=Elm House" in text
    assert "nothing to do" in brings(clinician, saved.body).text.casefold()
    page = brings(clinician, text.replace("555 010 0100", "555 010 0199"))
    assert "would add 0, change 1, and leave 1" in page.text
    assert page.select_one("ins").text == "+1 555 010 0199"
    clinician.browser.submit({})
    assert kept()["=Elm House"].phone == "+1 555 010 0199"
    assert kept()["=Elm House"].id == entry
    assert kept()["=Elm House"].address == "1 Elm\nTown"


def test_a_column_that_is_left_out_stays_as_it_is(clinician, keeps, kept):
    entry = keeps("Elm House", phone="555-010-0100", notes="Ring first.")

    brings(clinician, f"id,name,service,notes\n{entry},Elm Court,oncology,\n")
    clinician.browser.submit({})

    changed = kept()["Elm Court"]
    assert (changed.phone, changed.notes, changed.service) == ("555-010-0100", "", "oncology")


def test_every_fault_is_told_by_line_and_nothing_is_done(clinician, keeps, kept, database):
    keeps("Elm House", npi=NPI)
    gone = keeps("Gone House")
    with database.writing() as tx:
        providers.remove(tx, gone, version=1, now=BEFORE)
    rows = [
        "id,name,service,npi,board,board_checked_on,facility,notes",
        ",Good House,oncology,,,,,",
        ",,oncology,,,,,",
        ",A,magic,,,,,",
        ",B,oncology,1234567890,,,,",
        f",C,oncology,{OTHER_NPI},,,,",
        f",D,oncology,{OTHER_NPI},,,,",
        f",E,oncology,{NPI},,,,",
        ",F,oncology,,,17/3/2026,,",
        f",{'x' * 161},oncology,,,,,",
        ",H,oncology,,,,perhaps,",
        f"{uuid4()},I,oncology,,,,,",
        f"{gone},J,oncology,,,,,",
        "nonsense,K,oncology,,,,,",
        ",Good House,oncology,,,,,",
        ",L,oncology,,,,,,one more",
    ]

    page = brings(clinician, "\n".join(rows), 422)

    assert faults(page) == [
        ("Line 3", "name"),
        ("Line 4", "service"),
        ("Line 5", "npi"),
        ("Line 7", "npi"),
        ("Line 8", "npi"),
        ("Line 9", "board_checked_on"),
        ("Line 10", "name"),
        ("Line 11", "facility"),
        ("Line 12", "id"),
        ("Line 13", "id"),
        ("Line 14", "id"),
        ("Line 15", "The whole line"),
        ("Line 16", "The whole line"),
    ]
    assert "in line 6 already" in page.text
    assert "under “Elm House”" in page.text
    assert set(kept()) == {"Elm House"}


def test_a_fault_that_is_posted_past_the_dry_run_does_nothing(clinician, kept):
    sheet = "name,service\nElm,oncology\n,oncology\n"

    page = clinician.browser.post(f"{PLACE}import/do", {"sheet": sheet, "digest": "x"}, 422)

    assert page.has("#faults")
    assert kept() == {}


def test_a_directory_that_changed_since_the_dry_run_is_looked_at_again(clinician, keeps, database):
    entry = keeps("Elm House", phone="555-010-0100")
    brings(clinician, f"id,name,service,phone\n{entry},Elm House,oncology,555-010-0199\n")
    with database.writing() as tx:
        other = replace(providers.get(tx, entry), phone="555-010-0111")
        providers.save(tx, other, version=1, now=BEFORE)

    page = clinician.browser.submit({}, 409)

    assert "Nothing was done" in page.text
    assert "555-010-0111" in [each.text for each in page.select("del")]
    clinician.browser.submit({})
    with database.reading() as tx:
        assert providers.get(tx, entry).phone == "555-010-0199"


def test_a_file_of_the_full_size_is_looked_at_and_done(clinician, kept):
    rows = [f"House {number},oncology,{'x' * 380}" for number in range(1000)]
    page = brings(clinician, "name,service,notes\n" + "\n".join(rows))
    fields = [(name, value.replace("\n", "\r\n")) for name, value in page.fields()]

    clinician.browser.post(f"{PLACE}import/do", fields)

    assert len(kept()) == 1000


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        ("name,service\nMéndez,oncology\n".encode("utf-16"), "UTF-16"),
        ("name,service\nMéndez,oncology\n".encode("cp1252"), "Windows-1252"),
        (b"PK\x03\x04" + b"x" * 100, "Excel workbook"),
        (b"x" * 500_000, "400 kB"),
    ],
    ids=["empty", "utf-16", "cp1252", "xlsx", "large"],
)
def test_a_file_that_is_no_utf8_text_says_how_to_save_it(clinician, data, words):
    assert words in brings(clinician, data, 422).errors[0]


def test_a_file_larger_than_any_post_gets_a_page(clinician):
    page = brings(clinician, b"x" * 3_000_000, 413)

    assert page.heading == "That was too much at once"
    assert "Nothing was saved. Go back, and send a smaller file" in page.text
    assert page.select_one('main a[href="/staff/"]')


def test_no_file_at_all_is_asked_for(clinician):
    page = clinician.browser.post(f"{PLACE}import", {}, 422)

    assert page.errors == ["Choose a CSV file first."]


def test_semicolons_are_read_and_told(clinician):
    page = brings(clinician, "name;service\nElm House;oncology\n")

    assert "parted by semicolons" in page.text
    assert "would add 1" in page.text
