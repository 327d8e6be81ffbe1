"""Who uses the site in a browser, and what they can do there by its pages alone."""

import re

# In one go: each question to the browser takes as long as all of them.
READ = """found => found.map(comment => [
    comment.querySelector("header .number").innerText,
    comment.querySelector(".comment-text")?.innerText ?? null,
])"""


class Watch:
    """What a browser complained about, and what left for another site.

    An error page that a test asks for is no complaint; everything else on the console is.
    """

    def __init__(self, context, address):
        self.complaints = []
        self.address = address
        context.on("console", self._console)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("request", self._request)

    def _console(self, message):
        asked_for = message.text.startswith("Failed to load resource: the server responded with")
        own_page = message.page and message.location["url"] == message.page.url
        if message.type in {"error", "warning"} and not (asked_for and own_page):
            self.complaints.append(message.text)

    def _request(self, request):
        if not request.url.startswith((self.address, "data:")):
            self.complaints.append(f"asked another site: {request.url}")


class Person:
    def __init__(self, page):
        self.page = page

    def go(self, address):
        return self.page.goto(address)

    def comments(self, post):
        """Number and text of each comment on a post's page; a tombstone has no text."""
        self.go(post)
        return dict(self.page.locator(".conversation [id^='c-']").evaluate_all(READ))

    def _send(self, within="main", **fields):
        form = self.page.locator(within).locator("form.comment-form").last
        for name, value in fields.items():
            form.locator(f"[name={name}]").fill(value)
        form.get_by_role("button", name="Send").click()

    def width_beyond_the_window(self, address, width):
        self.page.set_viewport_size({"width": width, "height": 800})
        self.go(address)
        return self.page.evaluate("document.scrollingElement.scrollWidth - innerWidth")


class Reader(Person):
    def comment(self, post, text, name="Rahel"):
        """Send a comment; the address of its status page, where that leads."""
        self.go(post)
        self._send(name=name, text=text)
        return self.page.url

    def reply(self, post, number, text, name="Rahel"):
        """The same by the Reply link of a published comment."""
        self.go(post)
        before = self.page.url
        self.page.locator(f"[id='c-{number.replace('.', '-')}'] a.reply").click()
        self.page.locator(".inline-form, .quoted").first.wait_for()
        in_place = self.page.url == before
        self._send(within=".inline-form" if in_place else "main", name=name, text=text)
        self.page.get_by_role("status").wait_for()
        return self.page.url

    def report(self, post, text):
        """Report the published comment in which these words stand."""
        self.go(post)
        comment = self.page.locator("[id^='c-']", has_text=text).last
        comment.get_by_role("link", name="Report").first.click()
        self.page.get_by_label("Off topic").check()
        self.page.get_by_role("button", name="Report").click()
        self.page.wait_for_url("**/report/sent/")

    def told(self, status_page):
        """What the private page says of the comment."""
        self.go(status_page)
        return self.page.get_by_role("status").inner_text()

    def sees(self, text):
        return text in self.page.locator("main").inner_text()


class Author(Person):
    def sign_in(self, link):
        self.go(link)
        self.page.get_by_role("button", name="Sign in").click()

    def write_post(self, title, status):
        """Write a post in the admin; its address on the site."""
        self.go("admin/blog/post/add/")
        self.page.locator("[name=title]").fill(title)
        self.page.locator("[name=body]").focus()
        slug = self.page.locator("[name=slug]").input_value()
        self.page.locator("[name=body]").fill("One *premise*, and a conclusion.")
        self.page.locator("[name=status]").select_option(status)
        self.page.get_by_role("button", name="Save", exact=True).click()
        assert "was added successfully" in self.page.locator(".messagelist").inner_text()
        return f"posts/{slug}/"

    def comment(self, form_page, text):
        """Comment as the author, which needs no approval."""
        self.go(form_page)
        self._send(text=text)

    def card(self, text, status="pending"):
        """The card of the queue that shows this text."""
        self.go(f"admin/queue/?status={status}")
        shown = self.page.locator(".card-text", has_text=re.compile(f"^{re.escape(text)}$"))
        return self.page.locator(".card", has=shown)

    def publish(self, text):
        self._decide(text, "Publish", "pending")

    def remove(self, text):
        self._decide(text, "Remove", "published")

    def _decide(self, text, button, status):
        self.card(text, status).locator(f"button.act-{button.lower()}").click()
        self.decided()

    def decided(self):
        """Wait for what the queue says of a decision: in the card's place, where a script runs."""
        self.page.locator(".decided.success, .messagelist .success").wait_for()
