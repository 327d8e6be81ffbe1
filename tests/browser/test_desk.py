"""Each act by key, by tap at 390 px, and without a script: its state, its log row, what is read."""

from itertools import count

import pytest

from tests.browser.desk import Clicks, Keys, Taps, signed_in
from tests.browser.test_every_page import serious

pytestmark = pytest.mark.browser

numbers = count(1)
WAYS = {
    "keys": (Keys, {}),
    "taps": (Taps, {"viewport": {"width": 390, "height": 800}, "has_touch": True}),
    "no script": (Clicks, {"java_script_enabled": False}),
}


@pytest.fixture(scope="module", params=WAYS)
def desk(request, site, visit):
    kind, options = WAYS[request.param]
    with visit(**options) as context:
        yield kind(signed_in(context, site).page)


@pytest.fixture(scope="module")
def conversation(site, visit):
    """A post whose comments this module decides on."""
    with visit() as context:
        author = signed_in(context, site)
        return author.write_post(f"Desk {next(numbers)}", status="published")


@pytest.fixture
def waiting(conversation, plain_reader):
    """A comment that waits: the name of its writer, who tells nobody else's."""
    name = f"Writer {next(numbers)}"
    plain_reader.comment(conversation, f"Sent by {name}. Some words more.", name=name)
    return name


def record(desk, name):
    """Acts and statuses of the newest log row of a comment, by its page at the desk."""
    desk.page.goto("admin/queue/?status=all&q=" + name.replace(" ", "+"))
    desk.page.goto(desk.card(name).get_attribute("data-address"))
    rows = desk.page.locator(".card-log tbody tr").all()
    return [tuple(row.locator("td").all_inner_texts()[1:4]) for row in rows]


def public(plain_reader, conversation):
    return "".join(text or "" for text in plain_reader.comments(conversation).values())


# Act: the key, its steps at most, the log's word, the state, whether a reader sees the text then.
SIMPLE = {
    "publish": ("a", "Published", "pending → published", True),
    "owe": ("o", "Published", "pending → published", True),
    "reject": ("n", "Rejected", "pending → rejected", False),
    "spam": ("s", "Marked Spam", "pending → spam", False),
    "remove": ("d", "Removed", "pending → removed", False),
}


def do(desk, name, act):
    if isinstance(desk, Keys):
        desk.go_to(name)
        desk.press(SIMPLE[act][0])
        if act == "reject":
            desk.press("Enter")
    else:
        desk.press(name, act)
    desk.told(name)


@pytest.mark.parametrize("act", SIMPLE)
def test_one_step_decides(desk, waiting, conversation, plain_reader, act):
    desk.open()
    before = desk.page.url
    if not desk.plain:
        desk.page.evaluate("window.untouched = true")
    do(desk, waiting, act)
    assert desk.steps <= (2 if act == "reject" else 1)
    if not desk.plain:
        assert desk.page.url == before
        assert desk.page.evaluate("window.untouched")  # not loaded again
    assert desk.page.locator(".card", has_text=waiting).count() == 0
    _, logged, statuses, is_read = SIMPLE[act]
    rows = record(desk, waiting)
    assert any(row == (logged, "author", statuses) for row in rows), rows
    assert (waiting in public(plain_reader, conversation)) is is_read


def test_undo_brings_the_card_back(desk, waiting):
    desk.open()
    do(desk, waiting, "spam")
    if isinstance(desk, Keys):
        desk.press("z")
    else:
        done = desk.page.locator(".decided, .desk-lately form", has_text=waiting)
        done.locator("button.undo").click()
    desk.card(waiting).wait_for()
    assert record(desk, waiting)[-1] == ("Undone", "author", "spam → pending")


def test_reply_and_publish_takes_two_steps(desk, waiting, conversation, plain_reader):
    desk.open()
    words = f"The answer to {waiting}."
    if isinstance(desk, Keys):
        desk.go_to(waiting)
        desk.press("r")
        desk.write(words)
        desk.steps += 1
        desk.card(waiting).locator("button.act-answer").click()
    else:
        desk.open_words(waiting, "answer")
        desk.card(waiting).locator("[id^=answer]").fill(words)
        desk.press(waiting, "answer")
    desk.told("and answered")
    assert desk.steps == 2
    assert words in public(plain_reader, conversation)


def test_words_are_taken_out(desk, waiting, conversation, plain_reader):
    desk.open()
    if isinstance(desk, Keys):
        desk.go_to(waiting)
        desk.press("a")
    else:
        desk.press(waiting, "publish")
    desk.told(waiting)
    record(desk, waiting)  # the comment's own page
    desk.card(waiting).locator("form[action$='/redact/'] summary").first.click()
    desk.card(waiting).locator("[id^=redact]:not([id*=note])").fill(f"Sent by {waiting}. Some")
    desk.card(waiting).locator("button.act-redact").click()
    desk.told("Words were taken out")
    read = public(plain_reader, conversation)
    assert f"Sent by {waiting}. Some [removed]" in read


@pytest.fixture
def many(conversation, plain_reader):
    names = [f"Crowd {next(numbers)}" for _ in range(3)]
    for name in names:
        plain_reader.comment(conversation, f"Sent by {name}.", name=name)
    return names


def test_all_that_is_shown_is_cleared_in_two_steps(desk, many, conversation, plain_reader):
    desk.open()
    desk.page.locator("#tick-all").click()
    desk.page.locator("#ticked button[value=publish]").click()
    desk.told("done." if desk.plain else "Published as")
    read = public(plain_reader, conversation)
    for name in many:
        assert name in read
    desk.open()
    assert desk.page.locator(".card").count() == 0


def test_ticked_ones_are_rejected_and_taken_back_together(site, visit, many):
    with visit() as context:
        desk = Keys(signed_in(context, site).page)
        desk.open()
        for name in many[:2]:
            desk.go_to(name)
            desk.press("x")
        desk.press("Shift+S")
        desk.page.locator(".decided", has_text=many[1]).wait_for()
        desk.page.get_by_role("button", name="Undo all 2").click()
        for name in many:
            desk.card(name).wait_for()
        desk.page.locator("#tick-all").click()
        desk.press("Shift+D")
        desk.page.locator(".decided", has_text=many[2]).wait_for()


def test_a_clause_is_chosen_by_its_number(site, visit, waiting):
    with visit() as context:
        desk = Keys(signed_in(context, site).page)
        desk.open()
        desk.go_to(waiting)
        desk.press("n", "2")
        desk.told("Rejected")
        assert desk.steps == 2
        assert any("clause 2" in row[0] for row in record(desk, waiting))


def test_keys_move_help_and_can_be_turned_off(site, visit, many):
    with visit() as context:
        desk = Keys(signed_in(context, site).page)
        desk.open()
        focused = "document.activeElement.querySelector('h2 bdi').textContent"
        desk.press("j")
        first = desk.page.evaluate(focused)
        desk.press("j")
        second = desk.page.evaluate(focused)
        desk.press("k")
        assert first != second
        assert desk.page.evaluate(focused) == first
        desk.press("?")
        switch = desk.page.locator("#desk-keys-switch")
        assert switch.is_visible()
        switch.click()
        desk.card(first).focus()
        desk.press("s", "d", "a", "x")
        assert desk.card(first).count() == 1
        assert not desk.card(first).locator(".card-tick").is_checked()
        switch.click()
        desk.go_to(first)
        desk.press("d")
        desk.told(first)
        desk.open()
        desk.page.locator("#tick-all").click()
        desk.press("Shift+D")
        desk.page.locator(".decided").nth(1).wait_for()


def test_two_browsers_on_one_comment_and_one_of_them_decides(site, visit, waiting):
    with visit() as one, visit() as other:
        first, second = (Keys(signed_in(context, site).page) for context in (one, other))
        for desk in (first, second):
            desk.open()
            desk.go_to(waiting)
        first.press("a")
        first.told("Published as")
        second.press("s")
        second.told("Somebody was before you")
        assert ("Marked Spam", "author", "pending → spam") not in record(second, waiting)


@pytest.mark.parametrize("width", [390, 320])
def test_the_queue_is_no_wider_than_a_telephone_and_keeps_nobody_out(site, visit, waiting, width):
    with visit() as context:
        author = signed_in(context, site)
        assert author.width_beyond_the_window("admin/queue/", width) <= 0
        assert serious(author.page) == []
        author.page.locator(".card", has_text=waiting).locator("summary").first.click()
        author.page.goto(author.page.locator(".card").first.get_attribute("data-address"))
        assert author.page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0
        assert serious(author.page) == []
