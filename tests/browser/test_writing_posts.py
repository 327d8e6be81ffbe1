"""A post from nothing to published, with and without a script; and what must not be lost."""

import re
import time
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.pictures import png

pytestmark = pytest.mark.browser

ADD = "admin/blog/post/add/"
PASTE = """async (area, bytes) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([new Uint8Array(bytes)], "image.png", {type: "image/png"}));
  area.dispatchEvent(new ClipboardEvent(
    "paste", {clipboardData: transfer, bubbles: true, cancelable: true}));
}"""

# The width of an image's column, and what `sizes` says of it, by a box that is so wide in a frame:
# there a rem is the reader's own, as it is in `sizes`.
SHOWN_AND_ANNOUNCED = """image => {
  const known = image.sizes.split(", ").map(one => one.match(/^(\\([^)]*\\))? ?(.*)$/));
  const [, , width] = known.find(([, condition]) => !condition || matchMedia(condition).matches);
  const frame = document.body.appendChild(document.createElement("iframe"));
  const box = frame.contentDocument.body.appendChild(document.createElement("div"));
  box.style.width = width.replace("100vw", `${innerWidth}px`);
  const announced = box.getBoundingClientRect().width;
  frame.remove();
  return [image.closest(".prose").getBoundingClientRect().width, announced];
}"""


@pytest.fixture
def writing(author):
    """The empty form of a new post, with a script."""
    author.go(ADD)
    return author.page


@pytest.fixture
def unwatched(site, chromium):
    """A browser whose refused requests are what the test is about."""
    context = chromium.new_context(base_url=site.address)
    context.set_default_timeout(15_000)
    yield context
    context.close()


@pytest.fixture
def plain_writing(site, visit):
    """The author in a browser that runs no scripts."""
    with visit(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(site.signin_link("author"))
        page.get_by_role("button", name="Sign in").click()
        yield page


def body_of(page):
    return page.locator("textarea.writing")


def prose(page):
    return page.locator("#writing-preview .prose")


def save(page):
    page.get_by_role("button", name="Save", exact=True).click()


def schedule(page, seconds):
    """For so many seconds from now; the moment."""
    at = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=seconds)
    page.locator("[name=status]").select_option("published")
    page.locator("[name=published_at_0]").fill(f"{at:%Y-%m-%d}")
    page.locator("[name=published_at_1]").fill(f"{at:%H:%M:%S}")
    return at


def wait_until(at):
    time.sleep(max(0, (at - datetime.now(UTC)).total_seconds()) + 0.5)


def test_a_post_from_nothing_to_published(writing, reader, new_title):
    page, title = writing, new_title()
    page.set_viewport_size({"width": 1400, "height": 900})
    page.reload()
    page.locator("[name=title]").fill(title)
    body_of(page).fill("It *begins*.[^1]\n\n[^1]: A note.\n\n")
    body_of(page).evaluate("area => area.setSelectionRange(area.value.length, area.value.length)")
    body_of(page).evaluate(PASTE, list(png(1200, 800)))
    page.get_by_text("is uploaded. Where the cursor stands").wait_for()
    assert re.search(r"!\[\]\(/pictures/[0-9a-f]{16}/\)", body_of(page).input_value())
    page.keyboard.type("A red wall")  # the cursor stands between the brackets
    prose(page).locator("img[alt='A red wall']").wait_for()
    assert prose(page).locator("em").inner_text() == "begins"
    assert prose(page).locator(".footnotes li").count() == 1
    slug = page.locator("[name=slug]").input_value()
    at = schedule(page, 9)
    save(page)
    assert "It will appear at" in page.locator(".messagelist").inner_text()
    assert reader.go(f"posts/{slug}/").status == 404
    reader.go("")
    assert not reader.sees(title)
    wait_until(at)
    reader.go("")
    assert reader.sees(title)
    assert reader.go(f"posts/{slug}/").status == 200
    image = reader.page.locator(".prose img")
    assert (image.get_attribute("width"), image.get_attribute("height")) == ("1200", "800")
    loaded = image.evaluate("async img => { await img.decode(); return img.currentSrc }")
    for width in (320, 480, 481, 600, 713, 715, 767, 768, 1280):
        reader.page.set_viewport_size({"width": width, "height": 800})
        shown, announced = image.evaluate(SHOWN_AND_ANNOUNCED)
        assert abs(shown - announced) < 1, width
    answer = reader.page.request.get(loaded)
    assert answer.headers["content-type"] == "image/webp"
    assert "immutable" in answer.headers["cache-control"]


def test_a_post_from_nothing_to_published_without_a_script(
    plain_writing, plain_reader, new_title, tmp_path
):
    page, title = plain_writing, new_title()
    (tmp_path / "wall.png").write_bytes(png(300, 200))
    page.goto("admin/blog/picture/add/")
    page.locator("[name=file]").set_input_files(tmp_path / "wall.png")
    save(page)
    markdown = page.locator(".field-for_a_post code").first.inner_text()
    page.goto(ADD)
    page.locator("[name=title]").fill(title)
    page.locator("[name=slug]").fill("without-a-script")
    body_of(page).fill(f"Plain *words*.\n\n{markdown}")
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Preview on a page of its own").click()
    assert opened.value.locator(".prose em").inner_text() == "words"
    opened.value.close()
    at = schedule(page, 6)
    save(page)
    assert "no words for readers" in page.locator(".field-body .errorlist").inner_text()
    body_of(page).fill(f"Plain *words*.\n\n{markdown.replace('[]', '[A wall]')}")
    at = schedule(page, 6)
    save(page)
    assert plain_reader.go("posts/without-a-script/").status == 404
    wait_until(at)
    assert plain_reader.go("posts/without-a-script/").status == 200


def test_what_was_typed_is_there_again_after_the_tab_was_closed(author, new_title):
    title = new_title()
    author.go(ADD)
    author.page.locator("[name=title]").fill(title)
    body_of(author.page).fill("Hardly begun.")
    author.page.get_by_text("not saved yet").wait_for()
    author.go(ADD)
    unsaved = author.page.locator("#unsaved li", has_text=title)
    unsaved.get_by_role("link", name="go on with it").click()
    assert body_of(author.page).input_value() == "Hardly begun."
    author.page.locator("[name=slug]").fill("hardly-begun")
    save(author.page)
    author.go(ADD)
    assert not author.page.get_by_text(title).count()


def test_what_was_typed_survives_the_end_of_the_session(site, unwatched, new_title):
    context, title = unwatched, new_title()
    page = context.new_page()

    def sign_in():
        page.goto(site.signin_link("author"))
        page.get_by_role("button", name="Sign in").click()
        page.goto(ADD)

    sign_in()
    context.clear_cookies()
    page.locator("[name=title]").fill(title)
    body_of(page).fill("Typed after the session ended.")
    page.get_by_text("The text is kept in this browser.").wait_for()
    save(page)
    sign_in()
    page.get_by_role("button", name="Bring it back").click()
    assert body_of(page).input_value() == "Typed after the session ended."
    page.locator("[name=slug]").fill("after-the-session")
    save(page)
    page.goto(ADD)
    assert not page.get_by_role("button", name="Bring it back").count()


def test_of_two_tabs_the_second_is_told_and_loses_nothing(author, new_title):
    title = new_title()
    address = author.write_post(title, status="draft")
    author.go("admin/blog/post/")
    author.page.get_by_role("link", name=title).click()
    second = author.page.context.new_page()
    second.goto(author.page.url)
    body_of(author.page).fill("From the first tab.")
    save(author.page)
    body_of(second).fill("From the second tab.")
    save(second)
    assert "saved elsewhere after you opened it" in second.locator(".errornote + ul").inner_text()
    assert body_of(second).input_value() == "From the second tab."
    assert "first" in second.locator(".writing-difference del").first.inner_text()
    save(second)
    author.go(address)
    assert author.page.locator(".prose").inner_text() == "From the second tab."
    second.close()


def test_the_tools_change_the_text_and_can_be_undone(writing):
    body_of(writing).fill("word")
    body_of(writing).press("Control+a")
    body_of(writing).press("Control+b")
    assert body_of(writing).input_value() == "**word**"
    writing.get_by_role("button", name="Quote").click()
    assert body_of(writing).input_value() == "> **word**"
    body_of(writing).press("Control+z")
    assert body_of(writing).input_value() == "**word**"


def press(page, name):
    page.get_by_role("toolbar").get_by_role("button", name=name, exact=True).click()


def write(page, text, begin=0, end=None):
    body_of(page).fill(text)
    at = [begin, len(text) if end is None else end]
    body_of(page).evaluate("(area, at) => { area.focus(); area.setSelectionRange(...at); }", at)


@pytest.mark.parametrize(
    ("tool", "text", "then", "again"),
    [
        ("Strong", "word", "**word**", "word"),
        ("Strong", "word ", "**word** ", "word "),
        ("Emphasis", "**word**", "***word***", "**word**"),
        ("Struck", "word", "~~word~~", "word"),
        ("Heading", "word", "## word", "### word"),
        ("Quote", "a\n\nb", "> a\n> \n> b", "a\n\nb"),
        ("List", "a\nb", "- a\n- b", "a\nb"),
        ("Numbers", "a\nb", "1. a\n2. b", "a\nb"),
        ("Code", "word", "`word`", "word"),
        ("Code", "a\nb", "```\na\nb\n```\n", None),
        ("Link", "word", "[word](https://)", None),
        ("Table", "a\tb|c\n1\t2", "| a | b\\|c |\n| --- | --- |\n| 1 | 2 |\n", None),
    ],
)
def test_a_tool_marks_what_is_selected_and_pressed_again_unmarks_it(
    writing, tool, text, then, again
):
    inner = text.strip("*")
    write(writing, text, text.index(inner), text.index(inner) + len(inner))
    press(writing, tool)
    assert body_of(writing).input_value() == then
    if again is not None:
        press(writing, tool)
        assert body_of(writing).input_value() == again
    body_of(writing).press("Control+z")
    assert body_of(writing).input_value() == (text if again is None else then)


def test_a_table_is_put_between_the_paragraphs_to_be_typed_into(writing):
    write(writing, "Before.After.", 7, 7)
    press(writing, "Table")
    writing.keyboard.type("Year")  # the first heading is selected
    prose(writing).locator("th", has_text="Year").wait_for()
    paragraphs = prose(writing).locator("p").all_inner_texts()
    assert paragraphs == ["Before.", "After."]
    assert prose(writing).locator("tr").count() == 3
    write(writing, "Before.\n\nAfter.", 7, 7)
    press(writing, "Table")
    assert "\n\n\n" not in body_of(writing).input_value()


def test_tools_of_a_text_in_html_write_html(writing):
    writing.locator("[name=body_format]").evaluate("one => { one.value = 'html'; }")
    for tool, then in {
        "Strong": "<strong>a</strong>", "Heading": "<h2>a</h2>", "List": "<ul>\n<li>a</li>\n</ul>",
        "Numbers": "<ol>\n<li>a</li>\n</ol>", "Quote": "<blockquote>\n<p>a</p>\n</blockquote>",
        "Link": '<a href="https://">a</a>', "Code": "<code>a</code>", "Emphasis": "<em>a</em>",
    }.items():  # fmt: skip
        write(writing, "a")
        press(writing, tool)
        assert body_of(writing).input_value() == then
    write(writing, "a & b\tc\n1\t2")
    press(writing, "Table")
    prose(writing).locator("th", has_text="a & b").wait_for()
    press(writing, "Footnote")
    assert "has no footnotes" in writing.locator(".writing-status").last.inner_text()
    body_of(writing).fill("")
    body_of(writing).evaluate(PASTE, list(png(30, 20)))
    writing.get_by_text("is uploaded").wait_for()
    assert re.search(r'<img src="/pictures/\w{16}/" alt="">', body_of(writing).input_value())
    writing.keyboard.type("A wall")
    assert 'alt="A wall"' in body_of(writing).input_value()


def test_the_tools_are_one_stop_for_the_keyboard(writing):
    focused = lambda: writing.evaluate("document.activeElement.textContent")  # noqa: E731
    for beside, key in {"body": "Shift+Tab", "slug": "Tab"}.items():
        writing.locator(f"[name={beside}]").focus()
        writing.keyboard.press(key)
        assert focused() == "Strong"
    writing.keyboard.press("ArrowRight")
    assert focused() == "Emphasis"
    writing.keyboard.press("End")
    assert focused() == "Preview"
    writing.keyboard.press("ArrowRight")
    assert focused() == "Strong"
    writing.keyboard.press("ArrowRight")
    writing.keyboard.press("Enter")
    assert body_of(writing).input_value() == "*emphasis*"
    writing.keyboard.press("Shift+Tab")
    assert focused() == "Emphasis"  # where one was
    writing.keyboard.press("Tab")
    assert writing.evaluate("document.activeElement.name") == "body"


def test_a_file_that_is_no_picture_is_refused_in_one_sentence(site, unwatched):
    page = unwatched.new_page()
    page.goto(site.signin_link("author"))
    page.get_by_role("button", name="Sign in").click()
    page.goto(ADD)
    body_of(page).fill("Text.")
    body_of(page).evaluate(PASTE, list(b"<svg xmlns='http://www.w3.org/2000/svg'/>"))
    page.get_by_text("not a JPEG, PNG, WebP or GIF file").wait_for()
    assert body_of(page).input_value().strip() == "Text."


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_the_form(site, unwatched, scheme):
    page = unwatched.new_page()  # axe's own styles in the preview's tree are complained about
    page.emulate_media(color_scheme=scheme)
    page.goto(site.signin_link("author"))
    page.get_by_role("button", name="Sign in").click()
    page.goto(ADD)
    body_of(page).fill(
        "```python\ndef f(x):  # note\n    return 'a' + str(1)\n```\n\nA[^1]\n\n[^1]: B"
    )
    prose(page).locator(".hl-k").first.wait_for()
    found = Axe().run(page).response["violations"]
    serious = [
        f"{one['id']}: {node['html']}"
        for one in found
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"]
    ]
    assert serious == []


@pytest.mark.parametrize("width", [390, 320])
def test_the_form_is_not_wider_than_the_window_and_leaves_room_to_write(author, width):
    assert author.width_beyond_the_window(ADD, width) <= 0
    assert author.page.locator("textarea.writing").bounding_box()["height"] > 400


@pytest.mark.parametrize("width", [390, 1280])
def test_the_private_link_stands_below_the_form_and_not_behind_it(writing, new_title, width):
    writing.locator("[name=title]").fill(new_title())
    writing.get_by_role("button", name="Save and continue editing").click()
    writing.set_viewport_size({"width": width, "height": 844})
    form, section = writing.locator("#post_form"), writing.locator("#private-link")
    above, below = form.bounding_box(), section.bounding_box()
    assert below["y"] >= above["y"] + above["height"]
