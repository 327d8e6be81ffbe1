"""Deciding from a mail in a browser: two steps, nobody signed in, once, and back within 7 days."""

import re

import pytest

from tests.browser.desk import WAYS, record
from tests.browser.test_every_page import serious

pytestmark = pytest.mark.browser


@pytest.fixture(params=WAYS)
def anybody(request, visit):
    """A browser in which nobody is signed in, in each of the ways to use the desk."""
    kind, options = WAYS[request.param]
    with visit(**options) as context:
        yield kind(context.new_page())


@pytest.fixture
def link(site, waiting):
    return site.decide_link(waiting)


def look(desk):
    if not desk.plain:
        assert serious(desk.page) == []
        beyond = "document.scrollingElement.scrollWidth - innerWidth"
        assert desk.page.evaluate(beyond) <= 0


def follow(desk, link):
    desk.steps = 1
    desk.page.goto(link)


def press(desk, act):
    desk.use(desk.page.locator(f"button.act-{act}"))


def hear(desk, words):
    desk.page.locator("main [role=status]", has_text=words).wait_for()


@pytest.fixture
def mailed(site, colleague, inbox):
    """The author wishes to be told at once; gives the text of the first mail."""
    site.has_address("author", "author@blog.example")
    colleague.page.goto("admin/queue/mails/")
    colleague.page.locator("[name=waiting]").select_option("instant")
    colleague.page.locator("input[type=submit]").click()
    colleague.page.locator(".messagelist .success").wait_for()
    return lambda: inbox.wait_for("author@blog.example", "", seconds=150)


def test_from_a_mail_it_takes_two_steps_and_no_sign_in(visit, colleague, waiting, mailed, is_read):
    link = re.search(rf"{waiting} on .*?(https?://\S+/decide/\S+)", mailed(), re.DOTALL)[1]
    with visit(viewport={"width": 390, "height": 800}) as context:
        desk = WAYS["keys"][0](context.new_page())
        follow(desk, link)
        assert f"Sent by {waiting}" in desk.page.locator(".card-text").inner_text()
        look(desk)
        press(desk, "publish")
        hear(desk, "Published as #")
        assert desk.steps == 2
        assert "sessionid" not in {cookie["name"] for cookie in context.cookies()}
    assert record(colleague, waiting)[-1] == ("Published", "author", "pending → published")
    assert is_read(waiting)


def test_opening_it_decides_nothing_and_it_decides_once(anybody, colleague, waiting, link, is_read):
    follow(anybody, link)
    look(anybody)
    assert len(record(colleague, waiting)) == 1
    press(anybody, "reject")
    hear(anybody, "Rejected")
    look(anybody)
    follow(anybody, link)
    hear(anybody, "This is decided: the comment is rejected (rejected by author)")
    assert anybody.page.locator(".card-acts button").count() == 0
    assert record(colleague, waiting)[-1] == ("Rejected", "author", "pending → rejected")
    assert not is_read(waiting)


def test_it_is_taken_back_by_the_same_page(anybody, colleague, waiting, link, is_read):
    follow(anybody, link)
    press(anybody, "publish")
    hear(anybody, "Published as #")
    assert is_read(waiting)
    anybody.use(anybody.page.locator(".decide-undo button"))
    hear(anybody, "taken back; waiting again")
    assert anybody.steps == 3
    look(anybody)
    assert record(colleague, waiting)[-1] == ("Undone", "author", "published → pending")
    assert not is_read(waiting)
    press(anybody, "spam")
    hear(anybody, "Marked as spam")
    anybody.use(anybody.page.locator(".card-log button.undo"))  # from its record
    hear(anybody, "taken back; waiting again")
    assert record(colleague, waiting)[-1] == ("Undone", "author", "spam → pending")


def test_what_somebody_else_decided_is_said_and_not_overwritten(
    anybody, colleague, waiting, link, is_read
):
    follow(anybody, link)
    colleague.open()
    colleague.go_to(waiting)
    colleague.press("a")
    colleague.told("Published as")
    press(anybody, "spam")
    anybody.page.get_by_role("alert").get_by_text("Somebody was before you").wait_for()
    assert record(colleague, waiting)[-1] == ("Published", "author", "pending → published")
    assert is_read(waiting)
    follow(anybody, link)
    hear(anybody, "This is decided: the comment is published")
    assert anybody.page.locator(".card-acts button, .undo").count() == 0
    look(anybody)


def test_after_seven_days_it_is_over(anybody, site, colleague, waiting):
    follow(anybody, site.decide_link(waiting, days_ago=8))
    assert "older than seven days" in anybody.page.get_by_role("alert").inner_text()
    assert anybody.page.locator(".card").count() == 0
    look(anybody)
    assert len(record(colleague, waiting)) == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_its_buttons_look_like_buttons_and_only_a_screen_reader_has_their_rest(visit, link, scheme):
    with visit(color_scheme=scheme) as context:
        page = context.new_page()
        page.goto(link)
        style = page.locator("button.act-reject").evaluate("""button => {
            const style = getComputedStyle(button);
            return [style.borderTopStyle, style.borderTopWidth];
        }""")
        assert style == ["solid", "1px"]
        hidden = page.locator(".visually-hidden").all()
        assert hidden
        for words in hidden:
            box = words.bounding_box()
            assert box is None or box["width"] <= 1  # none in what is folded
        assert serious(page) == []
