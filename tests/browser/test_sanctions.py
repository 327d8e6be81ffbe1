"""Whoever is barred reads it above the form, and nobody else does; a moderator's pages for it."""

import pytest

from tests.browser.people import Author
from tests.browser.test_every_page import serious

pytestmark = pytest.mark.browser

SAID = (
    "You can't comment under this post until further notice (clause 1 of the policy, “Argue with"
    " what was said, not with who said it”)."
)


@pytest.fixture
def barred(plain_reader, author, post):
    """A reader without scripts, whom the author barred under a post from the card of a comment."""
    plain_reader.go(post)
    plain_reader.page.get_by_label("Remember me").check()
    plain_reader._send(name="Rahel", text=f"Harsh words at {post}")
    plain_reader.page.get_by_role("status").wait_for()
    author.card(f"Harsh words at {post}").get_by_role("link", name="Rahel").click()
    author.page.get_by_role("link", name="Hold, bar or trust its writer").click()
    author.page.get_by_label("Bar: the form comes back").check()
    author.page.get_by_label("Clause").select_option("respect")
    author.page.get_by_label("Note").fill("Argue, don't insult.")
    author.page.get_by_role("button", name="Save", exact=True).click()
    author.page.locator(".messagelist .success").wait_for()
    return plain_reader


def test_who_is_barred_is_told_with_the_text_kept_and_nobody_else_is(barred, reader, post):
    barred.go(post)
    barred._send(name="Rahel", text="More of that.")
    problem = barred.page.locator(".problem").inner_text()
    assert problem == f"{SAID} Argue, don't insult."
    assert barred.page.locator("[name=text]").input_value() == "More of that."
    reader.go(post)
    assert not reader.sees("You can't comment")
    reader.comment(post, "Calm words.")
    assert reader.sees("Calm words.")


def test_who_is_no_longer_barred_writes_again(barred, author, post):
    author.go("admin/moderation/sanction/")
    author.page.get_by_role("link", name="Rahel").first.click()
    author.page.get_by_role("button", name="Lift this sanction").click()
    author.page.locator(".messagelist .success").wait_for()
    barred.go(post)
    barred._send(text="Sorry.")
    assert barred.page.get_by_role("status").inner_text()


@pytest.mark.parametrize("width", [390, 320])
def test_the_pages_for_it_are_not_wider_than_the_window(author, width):
    for page in ("admin/moderation/sanction/", "admin/moderation/sanction/add/"):
        assert author.width_beyond_the_window(page, width) <= 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_the_pages_for_it(site, visit, author, scheme):
    # On these pages axe sets styles of its own, of which the policy would complain.
    with visit(color_scheme=scheme, bypass_csp=True) as context:
        moderator = Author(context.new_page())
        moderator.sign_in(site.signin_link("author"))
        for page in ("admin/moderation/sanction/", "admin/moderation/sanction/add/"):
            moderator.go(page)
            assert serious(moderator.page) == []
