"""Claims and sources in a browser: who is at a comment, and a note that saves saying it again."""

import pytest

from tests.browser.desk import Keys, numbers, record, signed_in
from tests.browser.test_every_page import serious

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def owner(site, visit):
    """Another moderator than the one whose desk it is."""
    with visit() as context:
        yield Keys(signed_in(context, site, "owner").page)


def look(desk):
    if not desk.plain:
        assert serious(desk.page) == []
        beyond = "document.scrollingElement.scrollWidth - innerWidth"
        assert desk.page.evaluate(beyond) <= 0


def claim(desk, name):
    if isinstance(desk, Keys):
        desk.go_to(name)
        desk.press("c")
    else:
        desk.use(desk.card(name).locator(".card-claim button"))


def test_who_is_on_it_is_seen_and_keeps_nobody_from_deciding(desk, owner, waiting, is_read):
    desk.open()
    claim(desk, waiting)
    desk.card(waiting).get_by_text("You are on it since").wait_for()
    assert desk.steps == 1
    look(desk)
    owner.open()
    assert "author is on it since" in owner.card(waiting).locator(".card-claimed").inner_text()
    owner.go_to(waiting)
    owner.press("a")
    owner.told("was on it")
    assert is_read(waiting)
    assert record(owner, waiting)[-1] == ("Published", "owner", "pending → published")
    assert [act for act, _, _ in record(owner, waiting)] == ["Received", "Published"]


def test_it_is_let_go_in_one_step(desk, waiting):
    desk.open()
    claim(desk, waiting)
    desk.card(waiting).get_by_text("You are on it since").wait_for()
    claim(desk, waiting)
    desk.card(waiting).get_by_role("button", name="m on it").wait_for()
    assert desk.card(waiting).locator(".card-claimed").count() == 0


@pytest.fixture
def linking(conversation, by_wire):
    """A comment that waits and has a link of its own: its writer's name and the address."""
    number = next(numbers)
    name, link = f"Linking {number}", f"https://source{number}.example/paper"
    by_wire.comment(conversation, f"Sent by {name}. See {link}.", name=name)
    return name, link


def test_a_note_on_a_source_is_kept_and_told_to_the_next_writer(
    desk, linking, conversation, plain_reader
):
    name, link = linking
    desk.open()
    desk.use(desk.card(name).get_by_role("link", name="Keep a note on it"))
    desk.page.locator(".desk-source", has_text=link).wait_for()
    look(desk)
    desk.page.get_by_label("Note", exact=False).first.fill("Weak: a sample of twelve.")
    desk.page.get_by_label("Dealt with").fill("/posts/first/c/1.8/")
    desk.page.get_by_label("Tell writers").check()
    desk.use(desk.page.get_by_role("button", name="Save"))
    desk.told("The note is kept.")
    look(desk)
    desk.open()
    shown = desk.card(name).locator(".card-links")
    assert "Weak: a sample of twelve. Dealt with at /posts/first/c/1.8/." in shown.inner_text()

    plain_reader.go(conversation)
    form = plain_reader.page.locator("form.comment-form").last
    form.locator("[name=name]").fill("Next writer")
    form.locator("[name=text]").fill(f"But {link}?utm_source=mail says so.")
    form.get_by_role("button", name="Preview").click()
    assert plain_reader.sees("Weak: a sample of twelve.")


def test_sources_are_found_by_words_and_by_host(desk, linking):
    _, link = linking
    host = link.split("/")[2]
    desk.page.goto("admin/")
    desk.use(desk.page.get_by_role("link", name="Sources"))
    desk.page.get_by_label("Words of an address or a note").fill(host)
    desk.use(desk.page.get_by_role("button", name="Search"))
    desk.page.wait_for_url("**?q=*")
    assert desk.page.locator(".desk-sources li").count() == 1
    look(desk)
    desk.use(desk.page.get_by_role("link", name="By host"))
    desk.page.wait_for_url("**by=host*")
    look(desk)
    desk.use(desk.page.locator(".desk-sources").get_by_role("link", name=host))
    desk.page.wait_for_url("**host=source*")
    desk.use(desk.page.locator(".desk-sources").get_by_role("link", name=host))
    desk.page.get_by_role("heading", name="Where it was posted").wait_for()
    assert "posted 1 time: 0 published, 0 rejected, 1 waiting" in desk.page.content().replace(
        "Posted", "posted"
    )
