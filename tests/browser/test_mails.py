"""A reader follows the links of the site's mails, with and without scripts."""

import re

import pytest

from tests.browser.people import Reader
from tests.browser.test_every_page import serious

pytestmark = pytest.mark.browser


def link(text, after):
    """The address that stands below some words of a mail."""
    return re.search(rf"{after}[^\n]*\n+(https?://\S+)", text)[1]


@pytest.fixture(params=["scripts", "plain"])
def anybody(request, visit):
    """A reader with scripts, and one without."""
    with visit(java_script_enabled=request.param == "scripts") as context:
        reader = Reader(context.new_page())
        reader.name = request.param
        yield reader


def look(reader):
    """What both ways of looking need a script for."""
    if reader.name == "scripts":
        assert serious(reader.page) == []
        assert reader.width_beyond_the_window(reader.page.url, 320) <= 0


def test_to_confirm_to_be_told_and_to_make_it_stop(anybody, author, post, inbox):
    reader, page, name = anybody, anybody.page, anybody.name
    address = f"{name}@mail.example"
    reader.go(post)
    page.get_by_label("Tell me about answers").check()
    reader._send(name=f"Rahel {name}", mail=address, text=f"A question, {name}.")
    page.get_by_role("status").wait_for()
    asked = inbox.wait_for(address, "is this your address?")
    page.goto(link(asked, "press the button there:"))
    look(reader)
    page.get_by_label("at once").check()
    page.get_by_role("button", name="It was me").click()
    assert "confirmed" in page.get_by_role("status").inner_text()

    author.publish(f"A question, {name}.")
    told = inbox.wait_for(address, "Published: your comment")
    page.goto(link(told, "is public, as 1:"))
    assert reader.sees(f"A question, {name}.")

    page.goto(link(told, "Which mails you get, and how often:"))
    look(reader)
    page.get_by_role("group", name="Answers to my comments").get_by_label("in one mail").check()
    page.get_by_role("button", name="Save").click()
    assert page.get_by_role("status").inner_text() == "Saved."

    page.goto(link(told, "No more mails at all:"))
    look(reader)
    page.wait_for_timeout(1000)  # as a scanner that runs scripts: nothing presses the button
    assert "Stop them" in page.locator("main").inner_text()
    page.get_by_role("button", name="Stop them").click()
    assert "You get no more mails" in page.get_by_role("status").inner_text()
    page.get_by_role("link", name="Which mails you get").click()
    assert all(one.is_checked() for one in page.get_by_label("never").all())
