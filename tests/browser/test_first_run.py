"""The first page of a new site: what its keeper sees, at both widths, in both schemes."""

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def signed_in(site, visit):
    """Who keeps the site has followed the link that `up` printed; the cookies."""
    with site.unsettled(), visit(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(site.signin_link("owner"))
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("heading", name="Before you begin").wait_for()
        yield context.storage_state()


def wrong(page):
    """What axe minds, and by how much the page is wider than the window."""
    found = Axe().run(page).response["violations"]
    wider = page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
    return [one["id"] for one in found], max(wider, 0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_and_its_errors_can_be_read_by_all(visit, signed_in, width, scheme):
    window = {"width": width, "height": 800}
    with visit(storage_state=signed_in, color_scheme=scheme, viewport=window) as context:
        page = context.new_page()
        page.goto("/admin/first-run/")
        assert wrong(page) == ([], 0)
        page.get_by_label("Title").fill("")
        page.get_by_label("Your name").fill(" ")
        page.get_by_role("button", name="Begin").click()
        assert page.get_by_role("alert").get_by_role("link").all_inner_texts() == [
            "Title",
            "Your name",
        ]
        page.get_by_role("link", name="Your name").click()
        assert page.evaluate("document.activeElement.name") == "author"
        assert wrong(page) == ([], 0)


def test_without_a_script_it_is_filled_in_once(visit, signed_in):
    with visit(storage_state=signed_in, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/admin/first-run/")
        page.get_by_label("Title").fill("Long Letters")
        page.get_by_label("Your name").fill("Ada Lovelace")
        page.get_by_label("Time zone").select_option(label="Berlin")
        page.get_by_role("button", name="Begin").click()
        assert "Your site is set up" in page.locator(".messagelist").inner_text()
        assert page.get_by_role("link", name="Write a post").is_visible()
        page.goto("/")
        assert page.locator(".site-title").inner_text() == "Long Letters"
        page.goto("/admin/first-run/")
        assert page.url.endswith("/sitesettings/1/change/")
