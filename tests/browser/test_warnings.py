"""What would make a comment wait is said in the preview, and why it waits on its private page."""

import re

import pytest

from tests.browser.people import Reader

pytestmark = pytest.mark.browser

LINKS = " ".join(f"https://{name}.example/" for name in ("one", "two", "three", "four", "five"))


def fill(reader, post, text):
    reader.go(post)
    reader.page.locator("[name=name]").fill("Rahel")
    reader.page.locator("[name=text]").fill(text)
    reader.page.get_by_role("button", name="Preview").click()
    reader.page.locator(".preview").wait_for()


@pytest.fixture(params=["with a script", "without"])
def anybody(request, visit):
    """A reader, with scripts and without."""
    with visit(java_script_enabled=request.param == "with a script") as context:
        yield Reader(context.new_page())


def test_the_preview_warns_and_the_mended_one_does_not(anybody, post):
    fill(anybody, post, f"See {LINKS}")
    warnings = anybody.page.locator(".preview .warnings li")
    assert any("5" in warning for warning in warnings.all_inner_texts())
    anybody.page.locator("[name=text]").fill("See nothing at all, on second thoughts.")
    anybody.page.get_by_role("button", name="Preview").click()
    anybody.page.locator(".preview", has_text="second thoughts").wait_for()
    left = anybody.page.locator(".preview .warnings li", has_text=re.compile(r"\blinks\b"))
    assert left.count() == 0
    assert anybody.page.locator(".preview").count() == 1


def test_what_was_warned_of_can_still_be_sent_and_the_private_page_says_why(anybody, post):
    fill(anybody, post, f"See {LINKS}")
    said = anybody.page.locator(".preview .warnings li").all_inner_texts()
    anybody.page.get_by_role("button", name="Send").click()
    anybody.page.get_by_role("status").wait_for()
    why = anybody.page.locator(".why li").all_inner_texts()
    assert why
    assert set(why) <= set(said)
