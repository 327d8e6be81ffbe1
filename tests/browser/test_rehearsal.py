"""A rule rehearsed in the admin: by a person who types it, with a worker that runs it."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.people import Author, Reader

pytestmark = pytest.mark.browser

RULES = "admin/moderation/rule/"


@pytest.fixture(scope="module", params=["with a script", "without"])
def owner(request, site, visit):
    """The owner, signed in, with scripts and without."""
    with visit(java_script_enabled=request.param == "with a script") as context:
        owner = Author(context.new_page())
        owner.sign_in(site.signin_link("owner"))
        owner.has_script = request.param == "with a script"
        yield owner


def read_on(owner):
    """Follow a rehearsal to its end: by itself with a script, else by the link."""
    page = owner.page
    for _ in range(60):
        if owner.has_script:
            page.locator("#rehearsal", has_text="Done:").wait_for(timeout=60_000)
            break
        if "Done:" in page.locator("#rehearsal").inner_text():
            break
        page.wait_for_timeout(500)
        page.get_by_role("link", name="How far is it by now?").click()
    return page.locator("#rehearsal").inner_text()


def test_a_new_rule_is_rehearsed_mended_and_saved(owner, post, visit):
    with visit() as context:
        Reader(context.new_page()).comment(
            post, "See https://one.example/ and https://two.example/"
        )
    page = owner.page
    owner.go(f"{RULES}add/")
    page.get_by_role("link", name="Many links").click()
    page.locator("[name=effect]").select_option("spam")
    page.locator("[name=title]").fill("Rehearsed")
    numbers = page.locator("input[type=number]")
    numbers.first.fill("1")
    page.get_by_role("button", name="Rehearse").click()
    said = read_on(owner)
    assert "See https://one.example/" in said
    assert page.locator(".rehearsal-flips tbody tr").count() >= 1
    assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0
    if owner.has_script:  # axe waits for ever for a promise in a page that runs none
        assert Axe().run(page).violations_count == 0
    page.get_by_role("link", name="Back to the form").click()
    assert page.locator("[name=title]").input_value() == "Rehearsed"
    assert page.locator("[name=effect]").input_value() == "spam"
    page.locator("[name=is_on]").uncheck()  # the other tests' comments are to wait as before
    page.get_by_role("button", name="Rehearse").click()
    assert "Nothing would flip." in read_on(owner)
    page.get_by_role("button", name="Save this rule now").click()
    assert "is saved as it was rehearsed" in page.locator(".messagelist").inner_text()
    assert page.get_by_role("link", name="Rehearsed (Many links)").count() == 1
    page.get_by_role("link", name="Rehearsed (Many links)").click()
    page.locator("a.deletelink").click()  # a link, or called a button
    page.get_by_role("button", name="Yes").click()


@pytest.mark.parametrize("width", [320, 390])
def test_the_rules_fit_on_a_phone(owner, width):
    for address in (RULES, f"{RULES}add/", f"{RULES}add/?kind=links"):
        assert owner.width_beyond_the_window(address, width) <= 0
    owner.page.set_viewport_size({"width": 1280, "height": 800})


def test_nobody_is_barred_from_the_rules(chromium, site):
    """In a browser whose console nobody watches: axe itself sets styles on the admin's form."""
    context = chromium.new_context(base_url=site.address)
    owner = Author(context.new_page())
    owner.sign_in(site.signin_link("owner"))
    for address in (RULES, f"{RULES}add/", f"{RULES}add/?kind=links"):
        owner.go(address)
        violations = Axe().run(owner.page).response["violations"]
        assert [(one["id"], [n["html"] for n in one["nodes"]][:3]) for one in violations] == []
    context.close()
