"""Locking and slowing a branch by key, by tap at 390 px, and without a script; what readers see."""

from itertools import count

import pytest

from tests.browser.desk import Keys, record, signed_in
from tests.browser.people import Reader
from tests.browser.test_every_page import serious

pytestmark = pytest.mark.browser

numbers = count(1)
WHY = "Twenty replies, nothing new."


@pytest.fixture
def branch(site, visit, by_wire):
    """A post with 1 and its reply 1.1: its address, and the name of who began the branch."""
    name = f"Beginner {next(numbers)}"
    with visit() as context:
        author = signed_in(context, site)
        post = author.write_post(f"Quarrel of {name}", status="published")
        by_wire.comment(post, f"Sent by {name}.", name=name)
        author.publish(f"Sent by {name}.")
        by_wire.comment(f"{post}c/1/reply/", f"Answered {name}.", name="Otto")
        author.publish(f"Answered {name}.")
    return post, name


def lock(desk, name):
    desk.open("published")
    desk.say(name, "lock", WHY, key="l")
    desk.told("The branch from here is locked.")


def unlock(desk, name):
    desk.do(name, "unlock", key="f")
    desk.told("no longer locked")


def line(reader, post):
    """What stands at the head of the locked branches of a post."""
    reader.go(post)
    return reader.page.locator(".lock").all_inner_texts()


def test_a_branch_is_locked_in_two_steps_and_unlocked_in_one(desk, branch, plain_reader):
    post, name = branch
    lock(desk, name)
    assert desk.steps == 2
    desk.card(name).locator(".card-lock", has_text=WHY).wait_for()  # still to be decided on
    [told] = line(plain_reader, post)
    assert "by the author" in told
    assert WHY in told
    assert plain_reader.page.locator("a.reply, a.quote").count() == 0
    assert plain_reader.page.locator("#c-1-1 a.at-lock").inner_text().startswith("Locked")
    desk.steps = 0
    unlock(desk, name)
    assert desk.steps == 1
    assert line(plain_reader, post) == []
    assert plain_reader.page.locator("a.reply").count() == 2
    rows = record(desk, name)
    assert [row for row in rows if "ocked" in row[0]] == [
        (f"Locked\n{WHY}", "author", "published → published"),
        ("Unlocked", "author", "published → published"),
    ]


def test_a_lock_is_changed_in_two_steps(desk, branch, plain_reader):
    post, name = branch
    lock(desk, name)
    desk.card(name).locator(".card-lock", has_text=WHY).wait_for()  # the card was renewed
    desk.steps = 0
    desk.say(name, "relock", "Until both have slept.", key="l")
    desk.told("The lock of the branch is changed.")
    assert desk.steps == 2
    [told] = line(plain_reader, post)
    assert "Until both have slept." in told
    assert WHY not in told


def test_a_branch_is_slowed_and_changed_in_two_steps_and_runs_again_in_one(
    desk, branch, plain_reader
):
    post, name = branch
    desk.open("published")
    desk.say(name, "slow", WHY, key="p")
    desk.told("The branch from here is slowed.")
    assert desk.steps == 2
    [told] = line(plain_reader, post)
    assert "Slowed to one comment in 30 minutes for each person" in told
    assert WHY in told
    assert plain_reader.page.locator("a.reply").count() == 2
    desk.card(name).locator(".card-lock", has_text=WHY).wait_for()
    desk.say(name, "reslow", "Fewer, please.", key="p")
    desk.told("The slow mode of the branch is changed.")
    assert "Fewer, please." in line(plain_reader, post)[0]
    # The card comes anew after the line that told it; until then it shows the earlier words.
    desk.card(name).locator(".card-lock", has_text="Fewer, please.").wait_for()
    desk.undo(name, "slow mode")
    desk.card(name).locator(".card-lock", has_text=WHY).wait_for()
    desk.steps = 0
    desk.do(name, "unslow", key="g")
    desk.told("no longer slowed")
    assert desk.steps == 1
    assert line(plain_reader, post) == []


def test_it_is_taken_back_from_the_log(desk, branch, plain_reader):
    post, name = branch
    lock(desk, name)
    record(desk, name)  # the comment's own page
    row = desk.page.locator(".card-log tr", has_text="Locked")
    row.locator("button.undo").click()
    desk.told("taken back")
    assert line(plain_reader, post) == []
    assert record(desk, name)[-1][0] == "Undone"


def test_undo_by_key_or_button_at_once(desk, branch, plain_reader):
    post, name = branch
    lock(desk, name)
    locked = desk.card(name).locator(".card-lock")
    locked.wait_for()  # else the card of before could be taken for the one after
    desk.undo(name, "locked")  # its publication can be undone just as well for half a minute
    locked.wait_for(state="detached")
    desk.card(name).locator("form[action$='/lock/'] summary").wait_for()
    assert desk.card(name).count() == 1
    assert line(plain_reader, post) == []


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_reply_begun_before_the_lock_loses_nothing(desk, branch, visit, script):
    post, name = branch
    with visit(java_script_enabled=script) as context:
        page = context.new_page()
        page.goto(post)
        page.locator("#c-1-1 a.reply").click()
        form = page.locator(".inline-form form" if script else "main form.comment-form")
        form.locator("[name=name]").fill("Otto")
        form.locator("[name=text]").fill("Begun before the lock.")
        lock(desk, name)
        form.get_by_role("button", name="Send").click()
        page.get_by_role("alert").filter(has_text=WHY).wait_for()
        kept = page.locator("[name=text]").filter(visible=True).last
        assert kept.input_value() == "Begun before the lock."


@pytest.mark.parametrize("width", [390, 1280])
def test_the_lines_fit_and_keep_nobody_out(site, visit, branch, width):
    post, name = branch
    with visit() as one, visit() as other:
        desk, reader = Keys(signed_in(one, site).page), Reader(other.new_page())
        lock(desk, name)
        assert reader.width_beyond_the_window(post, width) <= 0
        assert reader.page.locator(".lock").count() == 1
        assert serious(reader.page) == []
        assert reader.width_beyond_the_window(f"{post}c/1.1/reply/", width) <= 0
        assert serious(reader.page) == []
        desk.page.set_viewport_size({"width": width, "height": 800})
        record(desk, name)
        assert desk.page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0
        assert serious(desk.page) == []
