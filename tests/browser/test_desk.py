"""Each act by key, by tap at 390 px, and without a script: its state, its log row, what is read."""

import pytest

from tests.browser.desk import Keys, numbers, public, record, signed_in
from tests.browser.test_every_page import serious

pytestmark = pytest.mark.browser

# Act: the key, its steps at most, the log's word, the state, whether a reader sees the text then.
SIMPLE = {
    "publish": ("a", "Published", "pending → published", True),
    "owe": ("o", "Published", "pending → published", True),
    "reject": ("n", "Rejected", "pending → rejected", False),
    "spam": ("s", "Marked Spam", "pending → spam", False),
    "remove": ("d", "Removed", "pending → removed", False),
}


def do(desk, name, act):
    # With a key a rejection asks for a clause first.
    desk.do(name, act, key=[SIMPLE[act][0], *(["Enter"] if act == "reject" else [])])
    desk.told(name)


@pytest.mark.parametrize("act", SIMPLE)
def test_one_step_decides(desk, waiting, act, is_read):
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
    _, logged, statuses, seen = SIMPLE[act]
    rows = record(desk, waiting)
    assert any(row == (logged, "author", statuses) for row in rows), rows
    assert is_read(waiting) is seen


# What is done to what was decided before: where it is found, then as above.
LATER = {
    "restore": ("removed", "v", "Restored", "removed → published", True),
    "hold": ("published", "u", "Held", "published → pending", False),
    "keep": ("reported", "i", "Kept", "published → published", True),
}


@pytest.fixture
def decided(desk, waiting, conversation, plain_reader, request):
    """A comment that is public, or was removed, or that a reader reported: its writer's name."""
    desk.open()
    do(desk, waiting, "publish")
    if request.param == "removed":
        desk.open("published")
        do(desk, waiting, "remove")
    if request.param == "reported":
        plain_reader.report(conversation, waiting)
    return waiting


@pytest.mark.parametrize(
    ("decided", "act"), [(case[0], act) for act, case in LATER.items()], indirect=["decided"]
)
def test_what_was_decided_is_judged_again_in_one_step(desk, decided, act, is_read):
    tab, key, logged, statuses, seen = LATER[act]
    desk.open(tab)
    desk.do(decided, act, key=key)
    desk.told(decided)
    assert desk.steps == 1
    assert desk.card(decided).count() == 0
    assert record(desk, decided)[-1] == (logged, "author", statuses)
    assert is_read(decided) is seen


def test_undo_brings_the_card_back(desk, waiting):
    desk.open()
    do(desk, waiting, "spam")
    desk.undo(waiting)
    desk.card(waiting).wait_for()
    assert record(desk, waiting)[-1] == ("Undone", "author", "spam → pending")


def test_reply_and_publish_takes_two_steps(desk, waiting, is_read):
    desk.open()
    words = f"The answer to {waiting}."
    desk.say(waiting, "answer", words, key="r")
    desk.told("and answered")
    assert desk.steps == 2
    assert is_read(words)


def test_words_are_taken_out(desk, waiting, conversation, plain_reader):
    desk.open()
    do(desk, waiting, "publish")
    record(desk, waiting)  # the comment's own page
    desk.card(waiting).locator("form[action$='/redact/'] summary").first.click()
    desk.card(waiting).locator("[id^=redact]:not([id*=note])").fill(f"Sent by {waiting}. Some")
    desk.card(waiting).locator("button.act-redact").click()
    desk.told("Words were taken out")
    read = public(plain_reader, conversation)
    assert f"Sent by {waiting}. Some [removed]" in read


@pytest.fixture
def many(conversation, by_wire):
    names = [f"Crowd {next(numbers)}" for _ in range(4)]  # so many are summed up
    for name in names:
        by_wire.comment(conversation, f"Sent by {name}.", name=name)
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
        desk.page.locator("#ticked-done").get_by_role("button", name="Undo all 2").click()
        for name in many:
            desk.card(name).wait_for()
        count = desk.page.locator("#shown-count")
        assert count.inner_text() == str(desk.page.locator(".card").count())
        assert desk.page.evaluate("document.activeElement.className") == "card"
        desk.page.locator("#tick-all").click()
        desk.press("Shift+D")
        desk.page.locator(".decided", has_text=many[-1]).wait_for()
        assert count.inner_text() == "0"
        desk.page.locator("#desk-more").click()
        desk.page.locator(".queue-empty").wait_for()


def test_a_rejection_by_a_clause_takes_two_steps(desk, waiting, is_read):
    desk.open()
    if isinstance(desk, Keys):
        desk.go_to(waiting)
        desk.press("n", "2")
    else:
        desk.open_words(waiting, "reject")
        desk.press_clause(waiting, 2)
    desk.told("Rejected")
    assert desk.steps == 2
    act, actor, statuses = record(desk, waiting)[-1]
    assert "clause 2" in act
    assert (actor, statuses) == ("author", "pending → rejected")
    assert not is_read(waiting)


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


def test_two_browsers_on_one_comment_and_the_first_decides(desk, colleague, waiting, is_read):
    for one in (colleague, desk):
        one.open()
    colleague.go_to(waiting)
    colleague.press("a")
    colleague.told("Published as")
    do(desk, waiting, "spam")
    desk.told("Somebody was before you")
    assert record(desk, waiting)[-1] == ("Published", "author", "pending → published")
    assert is_read(waiting)


@pytest.mark.parametrize("width", [390, 320])
def test_the_queue_is_no_wider_than_a_telephone_and_keeps_nobody_out(site, visit, waiting, width):
    with visit() as context:
        author = signed_in(context, site)
        assert author.width_beyond_the_window("admin/queue/", width) <= 0
        sizes = "link => [link, link.parentElement].map(one => getComputedStyle(one).fontSize)"
        link = author.page.locator(".card-person a").first
        assert len(set(link.evaluate(sizes))) == 1
        assert "underline" in link.evaluate("link => getComputedStyle(link).textDecorationLine")
        for fields in author.page.locator(".card-words").all():
            fields.evaluate("form => form.querySelector('details').open = true")
            assert fields.evaluate("form => form.scrollWidth - form.clientWidth") <= 0
            assert (
                fields.evaluate(
                    "form => form.getBoundingClientRect().right"
                    " - form.closest('.card').getBoundingClientRect().right"
                )
                <= 0
            )
        assert serious(author.page) == []
        author.page.locator(".card", has_text=waiting).locator("summary").first.click()
        author.page.goto(author.page.locator(".card").first.get_attribute("data-address"))
        assert author.page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0
        assert serious(author.page) == []
