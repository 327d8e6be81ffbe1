"""The record and the ledgers in a browser: filters, a file, numbers alone."""

import csv
from itertools import starmap

import pytest

from tests.browser.desk import Clicks, Keys, record, signed_in
from tests.browser.test_every_page import serious

pytestmark = pytest.mark.browser

SAID = ("Received", "Published", "Rejected", "Waiting now")


@pytest.fixture(scope="module")
def decided(site, visit):
    """A post with one comment published, one rejected by a clause, and one that waits."""
    with visit() as context, visit(java_script_enabled=False) as other:
        author, desk = signed_in(context, site), None
        desk = Keys(author.page)
        post = author.write_post("Counted", status="published")
        reader = Clicks(other.new_page())
        for name in ("Counted one", "Counted two", "Counted three"):
            reader.page.goto(post)
            form = reader.page.locator("form.comment-form").last
            form.locator("[name=name]").fill(name)
            form.locator("[name=text]").fill(f"Words by {name}.")
            form.get_by_role("button", name="Send").click()
        desk.open()
        desk.go_to("Counted one")
        desk.press("a")
        desk.told("Published as")
        desk.go_to("Counted two")
        desk.press("n", "2")
        desk.told("Rejected")
        return post


def look(page, width=390):
    page.set_viewport_size({"width": width, "height": 800})
    beyond = page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
    assert [*serious(page), *([f"{beyond} too wide"] if beyond > 0 else [])] == []


def test_the_record_is_narrowed_and_taken_away_as_a_file(desk, decided):
    id_ = comment_id(desk, "Counted two")
    desk.page.goto("admin/queue/record/")
    desk.page.get_by_label("Act").select_option("rejected")
    desk.page.get_by_label("Post", exact=False).fill(f"/{decided}")
    desk.use(desk.page.get_by_role("button", name="Show"))
    desk.page.wait_for_url("**/record/?**")
    rows = desk.page.locator(".card-log tbody tr")
    assert rows.count() == 1
    assert "clause 2" in rows.inner_text()
    assert "pending → rejected" in rows.inner_text()
    if not desk.plain:
        look(desk.page)
    with desk.page.expect_download() as download:
        desk.use(desk.page.get_by_role("link", name="As a file (CSV)"))
    text = download.value.path().read_text()
    [row] = csv.DictReader(text.splitlines())
    told = (row["act"], row["by"], row["comment"], row["from"], row["to"])
    assert told == ("rejected", "author", id_, "pending", "rejected")
    assert row["clause"].startswith("2.")
    assert "Words by" not in text
    assert "Counted two" not in text


def comment_id(desk, name):
    record(desk, name)
    return desk.card(name).get_attribute("data-card")


def test_days_without_acts_show_none(desk):
    desk.page.goto("admin/queue/record/")
    desk.page.get_by_label("Until").fill("2020-01-01")
    desk.use(desk.page.get_by_role("button", name="Show"))
    desk.page.wait_for_url("**/record/?**")
    assert "No acts" in desk.page.locator(".desk-narrowed").inner_text()


def figures(page):
    rows = [row.locator("th, td").all_inner_texts() for row in page.locator(".ledger tr").all()]
    return dict(starmap(lambda name, value: (name, value), rows))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_ledger_of_a_post_tells_numbers_alone(visit, decided, scheme):
    with visit(color_scheme=scheme) as context:
        page = context.new_page()
        page.goto(decided)
        page.get_by_role("link", name="What became of those sent").click()
        found = figures(page)
        assert [found[name] for name in SAID] == ["3", "1", "1", "1"]
        assert [value for name, value in found.items() if "by clause 2" in name] == ["1"]
        assert page.locator("main svg[role=img]").count() == 1
        told = page.content()
        for words in ("Counted one", "Counted two", "Counted three", "Words by"):
            assert words not in told
        look(page)
        look(page, 320)
        page.get_by_role("link", name="The whole site").click()
        assert all(int(figures(page)[name]) >= int(found[name]) for name in SAID)
        look(page)


def test_the_ledger_is_read_without_a_script(plain_reader, decided):
    plain_reader.go(f"{decided}ledger/")
    assert figures(plain_reader.page)["Received"] == "3"


@pytest.mark.parametrize("width", [390, 320])
def test_the_statistics_and_the_record_fit_a_telephone(author, decided, width):
    for path in ("statistics/", "record/"):
        author.go(f"admin/queue/{path}")
        look(author.page, width)
    author.go("admin/queue/statistics/")
    assert author.page.locator("#content svg[role=img]").count() == 3
