"""The field that only programs fill in is nowhere for people: not seen, not said, not reached."""

import pytest

pytestmark = pytest.mark.browser


def test_nobody_meets_the_hidden_field(plain_reader, post):
    plain_reader.go(post)
    page = plain_reader.page
    field = page.locator("[name=website]")
    assert (field.count(), field.is_visible()) == (1, False)
    assert page.get_by_label("Leave this empty").count() == 1
    assert page.get_by_role("textbox", name="Leave this empty").count() == 0  # as it is read out
    page.locator("[name=name]").focus()
    for _ in range(8):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.name") != "website"


def test_a_reply_opened_in_place_does_not_ask_for_the_hidden_field(reader, author, post):
    author.comment(post, "The claim.")
    reader.go(post)
    reader.page.locator("a.reply").first.click()
    form = reader.page.locator(".inline-form form")
    form.wait_for()
    assert not form.locator("[name=website]").is_visible()
    assert reader.page.evaluate("document.activeElement.name") == "name"
