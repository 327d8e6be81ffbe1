"""What holds on every page: narrow windows, accessibility, no cookie, nobody else's server."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from tests.browser.people import Watch

pytestmark = pytest.mark.browser

STAFF = ["admin/queue/", "admin/queue/mails/"]
# One page of each kind; {post} has a deep thread, {status} is a reader's private page.
PUBLIC = [
    "",
    "{post}",
    "{post}comment/",
    "{post}c/1.1/reply/",
    "{post}c/1.1/report/",
    "{post}c/1.1/report/sent/",
    "{status}",
    "about/",
    "policy/",
    "policy/1/",
]


# The blog's own, each looked at in one visit.
BLOG = [
    "archive/",
    "tags/",
    "tags/method/",
    "{year}/",
    "blogroll/",
    "search/",
    "search/?q=argument",
    "search/?q=qqqq+zzzz",
    "search/?q=the",
]


@pytest.fixture(scope="module")
def places(visit, author, deep_post):
    """What stands in the addresses of PUBLIC; a comment waits in the queue."""
    with visit() as context:
        page = context.new_page()
        page.goto(deep_post)
        page.locator("[name=name]").fill("Rahel")
        page.locator("[name=text]").fill(f"See https://example.org/{'long' * 60} first.")
        page.get_by_role("button", name="Send").click()
        page.get_by_role("status").wait_for()
        return {"post": deep_post, "status": page.url}


def serious(page):
    """What axe finds on a page that would keep somebody out."""
    found = Axe().run(page).response["violations"]
    return [
        f"{violation['id']}: {node['html']}"
        for violation in found
        if violation["impact"] in {"serious", "critical"}
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("width", [390, 320])
@pytest.mark.parametrize("path", PUBLIC)
def test_no_public_page_is_wider_than_the_window(reader, places, path, width):
    assert reader.width_beyond_the_window(path.format(**places), width) <= 0


def test_a_name_of_one_long_word_and_deep_quotes_leave_room_for_words(reader, author, post):
    reader.comment(post, "By a long name.", name="W" * 80)
    author.publish("By a long name.")
    author.comment(f"{post}c/1/reply/", "> " * 19 + "Deeply quoted.")
    author.comment(post, "\n".join("  " * level + "- item" for level in range(10)))
    for path in ("", "c/1.1/branch/", "c/1/reply/", "c/1/report/"):
        assert reader.width_beyond_the_window(post + path, 320) <= 0
    reader.go(post)
    quoted = reader.page.get_by_text("Deeply quoted.")
    assert quoted.bounding_box()["width"] > 60


@pytest.mark.parametrize("width", [390, 320])
@pytest.mark.parametrize("path", STAFF)
def test_the_queues_pages_are_not_wider_than_the_window(author, places, path, width):
    assert author.width_beyond_the_window(path, width) <= 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PUBLIC)
def test_axe_finds_nothing_serious_on_a_public_page(visit, places, path, scheme):
    with visit(color_scheme=scheme) as context:
        page = context.new_page()
        page.goto(path.format(**places))
        assert serious(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", STAFF)
def test_axe_finds_nothing_serious_in_the_queue(author, places, path, scheme):
    author.page.emulate_media(color_scheme=scheme)
    author.go(path)
    assert serious(author.page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_that_lead_to_posts_fit_and_are_for_everybody(visit, scheme):
    found = {}
    with visit(color_scheme=scheme, viewport={"width": 320, "height": 800}) as context:
        page = context.new_page()
        for path in BLOG:
            assert page.goto(path.format(year=timezone.now().year)).ok
            beyond = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            found[path] = [*serious(page), *([f"{beyond} too wide"] if beyond > 0 else [])]
    assert found == {path: [] for path in BLOG}


def test_axe_would_find_a_picture_without_words(reader):
    reader.go("")
    reader.page.evaluate("document.querySelector('main').append(new Image())")
    assert any(finding.startswith("image-alt") for finding in serious(reader.page))


def test_an_anonymous_reader_is_given_no_cookie(reader, places):
    for path in PUBLIC:
        reader.go(path.format(**places))
    reader.comment(places["post"], "Without a cookie.")
    assert reader.page.context.cookies() == []


def test_nothing_on_a_thread_moves_while_it_loads(visit, places):
    with visit(viewport={"width": 390, "height": 800}) as context:
        page = context.new_page()
        page.goto(places["post"])
        page.wait_for_load_state("networkidle")
        moved = page.evaluate(
            """() => new Promise(done => new PerformanceObserver(list => done(
                list.getEntries().reduce((sum, entry) => sum + entry.value, 0)
            )).observe({type: "layout-shift", buffered: true}) || setTimeout(() => done(0), 500))"""
        )
    assert moved < 0.01


def test_the_watch_on_every_page_would_see_another_site_asked(chromium, site):
    context = chromium.new_context(base_url=site.address)
    watch = Watch(context, site.address)
    page = context.new_page()
    page.goto("")
    with page.expect_event("console"):
        page.evaluate("document.body.append(Object.assign(new Image(), {src: '//other.example'}))")
    context.close()
    assert any("Content Security Policy" in complaint for complaint in watch.complaints)


def test_a_thread_of_ten_levels_has_ten_numbers(reader, places):
    numbers = list(reader.comments(places["post"]))
    assert numbers == [".".join("1" * level) for level in range(1, 11)]


def test_indentation_stops_at_the_fifth_level(reader, places):
    reader.go(places["post"])
    left = [
        reader.page.locator(f"[id='c-{'-'.join('1' * level)}']").bounding_box()["x"]
        for level in range(1, 11)
    ]
    assert left[:5] == sorted(set(left[:5]))
    assert set(left[4:]) == {left[4]}
