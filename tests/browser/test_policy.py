"""The policy in browsers with and without scripts: read, accepted, applied, quoted back."""

import re

import pytest

from tests.browser.people import Author
from tests.browser.test_every_page import serious as found_by_axe

pytestmark = pytest.mark.browser

both = pytest.mark.parametrize("who", ["reader", "plain_reader"])
WIDTHS = (390, 320)
ADMIN = "admin/moderation/policy/"


def serious(page, who="reader"):
    """What axe finds; where no scripts run it would never end."""
    return found_by_axe(page) if who == "reader" else []


@pytest.fixture
def person(request, who):
    return request.getfixturevalue(who)


@pytest.fixture(scope="module")
def owner(site, visit):
    """Who may publish the policy, in a browser that runs no scripts."""
    with visit(java_script_enabled=False) as context:
        owner = Author(context.new_page())
        owner.sign_in(site.signin_link("owner"))
        yield owner


def publish_version(owner, clause, text, *, asks):
    """Write a draft with other words and publish it; the new version's number."""
    page = owner.page
    owner.go(ADMIN)
    page.get_by_role("button", name=re.compile("Start a draft")).click()
    part = page.locator(".inline-related", has=page.locator(f"input[value='{clause}']"))
    part.locator("textarea").fill(text)
    page.locator("[name=must_accept]").set_checked(asks)
    page.get_by_role("button", name="Save and look at it").click()
    assert page.locator("ins").count() >= 1
    assert text in page.locator(".policy").inner_text()
    page.get_by_role("button", name="Publish as the next version").click()
    said = page.locator(".messagelist .success").inner_text()
    return int(re.search(r"Version (\d+)", said)[1])


@both
def test_the_policy_is_found_read_and_compared(person, owner, who):
    number = publish_version(owner, "topic", f"Stay near it, {who}.", asks=False)
    person.go("")
    person.page.get_by_role("link", name="Comment policy").click()
    assert person.sees(f"Stay near it, {who}.")
    assert serious(person.page, who) == []
    if number > 1:
        person.page.locator(f"a[href='/policy/{number - 1}/to/{number}/']").first.click()
        person.page.locator("ins").first.wait_for()
        assert who in " ".join(person.page.locator("ins").all_inner_texts())
        assert serious(person.page, who) == []
    for path in ("policy/", f"policy/1/to/{number}/"):
        for width in WIDTHS:
            assert person.width_beyond_the_window(path, width) <= 0
    assert person.page.context.cookies() == []


@both
def test_what_is_not_ticked_is_not_sent_and_not_lost(person, owner, author, post, who):
    publish_version(owner, "once", f"Once, {who}.", asks=True)
    try:
        person.go(post)
        assert person.page.locator(".short-policy a").count() == 1
        person._send(name="Rahel", text=f"Unticked, {who}.")
        assert person.sees("Please tick that you have read it.")
        assert serious(person.page, who) == []
        assert person.page.locator("[name=text]").input_value() == f"Unticked, {who}."
        person.page.locator("[name=accepted]").check()
        person.page.get_by_role("button", name="Send").click()
        person.page.get_by_role("status").wait_for()
        author.publish(f"Unticked, {who}.")
        person.go(post)
        person.page.locator("a.reply").click()
        person.page.locator(".inline-form, .quoted").first.wait_for()
        form = person.page.locator("form.comment-form").first
        form.locator("[name=name]").fill("Rahel")
        form.locator("[name=text]").fill(f"In place, {who}.")
        form.get_by_text("I have read the comment policy").click()
        form.locator("[name=remember]").check()
        form.get_by_role("button", name="Send").click()
        person.page.get_by_role("status").wait_for()
        person.go(post)
        assert person.page.locator("[name=accepted]").count() == 0
    finally:
        publish_version(owner, "once", f"Not asked, {who}.", asks=False)


@both
def test_a_decision_is_quoted_back_as_it_was_worded(person, owner, author, post, who):
    number = publish_version(owner, "respect", f"Be kind, {who}.", asks=False)
    status = person.comment(post, f"Unkind, {who}.")
    decide(author, f"Unkind, {who}.", "Reject", "pending")
    taken_down = person.comment(post, f"Also unkind, {who}.")
    author.publish(f"Also unkind, {who}.")
    decide(author, f"Also unkind, {who}.", "Remove", "published")
    publish_version(owner, "respect", f"Be kinder, {who}.", asks=False)
    for page in (status, taken_down):
        person.go(page)
        assert person.sees(f"Be kind, {who}.")
        assert person.page.locator(".quoted-clause a").inner_text() == f"version {number}"
        assert serious(person.page, who) == []
    person.go(post)
    link = person.page.locator(".tombstone .gone a")
    assert link.inner_text().startswith("clause 1")
    link.click()
    assert person.sees("This version does not hold any more.")
    assert person.sees(f"Be kind, {who}.")


def decide(author, text, button, status):
    form = author.card(text, status).locator(f"form[action$='/{button.lower()}/']")
    form.locator("summary").click()
    if button == "Reject":  # by a clause at once
        form.locator("button[name=clause]").first.click()
    else:
        form.locator("select").select_option(index=1)
        form.get_by_role("button", name=button).click()
    author.decided()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_drafts_pages_fit_and_keep_nobody_out(site, visit, scheme):
    with visit(color_scheme=scheme) as context:
        owner = Author(context.new_page())
        owner.sign_in(site.signin_link("owner"))
        owner.go(ADMIN)
        assert serious(owner.page) == []
        owner.page.get_by_role("button", name=re.compile("Start a draft")).click()
        owner.page.get_by_role("button", name="Save and look at it").click()
        review = owner.page.url
        assert serious(owner.page) == []
        for width in WIDTHS:
            assert owner.width_beyond_the_window(review, width) <= 0
        owner.page.get_by_role("button", name="Discard the draft").click()
        owner.page.locator(".messagelist .success").wait_for()
