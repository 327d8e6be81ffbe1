"""Two browsers: what one's cookie shows there, and that the other never sees it."""

import pytest

pytestmark = pytest.mark.browser


def remembered(reader, post, text):
    """Send a comment with "remember me" ticked."""
    reader.go(post)
    reader.page.get_by_label("Remember me").check()
    reader._send(name="Rahel", text=text)
    reader.page.get_by_role("status").wait_for()


def test_a_waiting_comment_stands_in_its_place_for_its_writer_only(plain_reader, reader, post):
    remembered(plain_reader, post, "Only I see this.")
    plain_reader.go(post)
    waiting = plain_reader.page.locator(".comment.waiting")
    assert "Only I see this." in waiting.inner_text()
    assert plain_reader.page.locator("[name=name]").first.input_value() == "Rahel"
    reader.go(post)
    assert not reader.sees("Only I see this.")
    assert reader.page.locator("[name=name]").first.input_value() == ""
    waiting.get_by_role("link", name="waiting").click()
    assert "Waiting" in plain_reader.page.get_by_role("status").inner_text()


def test_forget_me_forgets(plain_reader, post):
    remembered(plain_reader, post, "Soon forgotten.")
    plain_reader.go(post)
    plain_reader.page.get_by_role("button", name="Forget me").click()
    assert not plain_reader.sees("Soon forgotten.")
    assert plain_reader.page.context.cookies() == []


def test_what_is_new_since_the_button_was_pressed(plain_reader, author, post):
    author.comment(post, "Read before.")
    plain_reader.page.wait_for_timeout(1000)  # the time is kept in whole seconds, rounded down
    plain_reader.go(post)
    assert plain_reader.page.context.cookies() == []
    plain_reader.page.get_by_role("button", name="Mark what is new").click()
    author.comment(post, "Came later.")
    plain_reader.go(post)
    plain_reader.page.get_by_role("link", name="New since").click()
    assert plain_reader.sees("Came later.")
    assert not plain_reader.sees("Read before.")
