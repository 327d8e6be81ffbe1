"""Moving a branch in a browser: looked at first, old places lead there, and back again."""

import pytest

from tests.browser.desk import numbers, record, signed_in
from tests.browser.test_every_page import serious

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def elsewhere(site, visit):
    """The address of another post."""
    with visit() as context:
        title = f"Open thread {next(numbers)}"
        return signed_in(context, site).write_post(title, status="published")


@pytest.fixture
def branch(desk, conversation, waiting, plain_reader):
    """A public comment with a reply that is public: the writers' names and the first's number."""
    other = f"Reply {next(numbers)}"
    publish(desk, waiting)
    number = number_of(plain_reader, conversation, waiting)
    plain_reader.reply(conversation, number, f"Sent by {other}.", name=other)
    publish(desk, other)
    return waiting, other, number


def publish(desk, name):
    desk.open()
    desk.use(desk.card(name).locator("button.act-publish"))
    desk.told(name)


def number_of(reader, post, words):
    found = {text: number for number, text in reader.comments(post).items()}
    return next(number for text, number in found.items() if text and words in text)


def look(desk):
    if not desk.plain:
        assert serious(desk.page) == []
        beyond = "document.scrollingElement.scrollWidth - innerWidth"
        assert desk.page.evaluate(beyond) <= 0


def preview(desk, name, there):
    record(desk, name)  # the comment's own page
    desk.use(desk.page.get_by_role("link", name="Move this branch"))
    desk.page.get_by_label("To the post").fill(there)
    desk.use(desk.page.get_by_role("button", name="Show what would happen"))
    desk.page.get_by_role("heading", name="What would happen").wait_for()


def test_a_branch_moves_leaves_pointers_and_is_put_back(
    desk, branch, conversation, elsewhere, plain_reader
):
    (name, other, number), there = branch, elsewhere
    preview(desk, name, there)
    look(desk)
    said = desk.page.locator(".desk-move").inner_text()
    assert "2 published" in said
    assert "Its old place keeps one line" in said
    before = plain_reader.comments(conversation)
    assert other in before[f"{number}.1"]  # nothing happened yet

    desk.use(desk.page.get_by_role("button", name="Move it"))
    desk.told("Moved: it stands as")
    look(desk)
    assert record(desk, name)[-1] == ("Moved", "author", "published → published")
    new = number_of(plain_reader, there, name)
    assert other in plain_reader.comments(there)[f"{new}.1"]
    after = plain_reader.comments(conversation)
    assert not any(name in (text or "") for text in after.values())
    pointer = plain_reader.page.locator(".moved", has_text=f"{number} was moved to").first
    pointer.get_by_role("link").click()
    assert there in plain_reader.page.url
    for old, now in ((number, new), (f"{number}.1", f"{new}.1")):
        plain_reader.go(f"{conversation}c/{old}/")
        assert plain_reader.page.url.partition("#")[2] == f"c-{now.replace('.', '-')}"
        assert there in plain_reader.page.url

    record(desk, name)
    row = desk.page.locator(".card-log tr", has_text="Moved")
    desk.use(row.locator("button.undo"))
    desk.told("taken back; the branch stands where it was")
    assert record(desk, name)[-1] == ("Undone", "author", "published → published")
    assert plain_reader.comments(conversation) == before
    plain_reader.go(f"{there}c/{new}/")
    assert plain_reader.page.url.endswith(f"{conversation}#c-{number}")


def test_what_cannot_be_is_said_before_it_is_tried(desk, branch, conversation):
    name, _, number = branch
    record(desk, name)
    desk.use(desk.page.get_by_role("link", name="Move this branch"))
    desk.page.get_by_label("To the post").fill(conversation)
    desk.page.get_by_label("Under the comment with the number").fill(f"{number}.1")
    desk.use(desk.page.get_by_role("button", name="Show what would happen"))
    desk.page.get_by_role("alert").wait_for()
    assert desk.page.get_by_role("button", name="Move it").count() == 0
    look(desk)
