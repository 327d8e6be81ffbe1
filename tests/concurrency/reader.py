"""A reader as a process of its own, who may also be a moderator: all by pages and their forms.

Standard library only, like the stranger's script that it stands for. Prints one JSON object: the
texts that were acknowledged, what was said where one was not, and the acts as a moderator.
"""

import argparse
import json
import random
import sys
from html.parser import HTMLParser
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, build_opener

COMMENTS_PER_VISIT = 5
SHARE_OF_OTHER_PAGES = 0.3
ACTS_IN_PLACE = {"publish": "?page={}", "remove": "?status=published"}


class Page(HTMLParser):
    """The forms, links and messages of one answer."""

    def __init__(self, address, body):
        super().__init__()
        self.address, self.body = address, body
        self.forms, self.links, self.problem = [], [], ""
        self.typed = {}
        self._in_problem = False
        self.feed(body)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "form":
            action = urljoin(self.address, given.get("action", ""))
            self.forms.append((action, {}))
        elif tag == "input" and given.get("type") == "hidden" and self.forms:
            self.forms[-1][1][given["name"]] = given.get("value", "")
        elif tag in {"input", "textarea"} and self.forms and "name" in given:
            self.typed.setdefault(given["name"], self.forms[-1])
        elif tag == "a" and "href" in given:
            self.links.append(urljoin(self.address, given["href"]))
        self._in_problem = given.get("class") == "problem"

    def handle_data(self, data):
        if self._in_problem:
            self.problem += data

    def form_with(self, field):
        return self.typed[field]

    def form_to(self, ending):
        return [form for form in self.forms if form[0].endswith(ending)]


class Browser:
    """Cookies, redirects, and an answer also where it is an error."""

    def __init__(self, address):
        self.address = address
        self.opener = build_opener(HTTPCookieProcessor())
        self.opener.addheaders = [("Origin", address.rstrip("/"))]

    def open(self, path, fields=None):
        data = None if fields is None else urlencode(fields).encode()
        try:
            with self.opener.open(urljoin(self.address, path), data, timeout=60) as answer:
                return Page(answer.url, answer.read().decode())
        except HTTPError as error:
            with error:
                return Page(error.url, error.read().decode())


class Reader:
    def __init__(self, options):
        self.name = options.name
        self.replies = options.replies
        self.browser = Browser(options.address)
        self.chance = random.Random(options.name)  # noqa: S311 (the same dice in every run)
        self.accepted, self.problems = [], []
        self.posts = [a for a in self.browser.open("").links if "/posts/" in a]
        self.page, self.sent = None, 0

    def comment(self, text):
        """Send one comment; whether its status page shows it."""
        if self.sent % COMMENTS_PER_VISIT == 0:
            self.page = self.browser.open(self.chance.choice(self.posts))
        self.sent += 1
        action, hidden = self._form().form_with("text")
        fields = {**hidden, "name": self.name, "mail": "", "text": text}
        answer = self.browser.open(action, fields)
        if "/comments/" in answer.address and text in answer.body:
            self.accepted.append(text)
            return True
        self.problems.append(answer.problem or f"{answer.address}: {answer.body[:200]}")
        self.sent = 0  # whoever is refused looks at the page again
        return False

    def _form(self):
        """The form under the post, or that of a reply to some comment there."""
        replies = [address for address in self.page.links if address.endswith("/reply/")]
        if replies and self.chance.random() < self.replies:
            # An argument grows downwards: of two comments the deeper is answered.
            return self.browser.open(max(self.chance.choices(replies, k=2), key=len))
        return self.page


class Moderator:
    def __init__(self, options):
        self.chance = random.Random(options.name)  # noqa: S311
        self.browser = Browser(options.address)
        self.done, self.conflicts = {"publish": 0, "remove": 0}, 0
        self.seen = {}
        [(action, hidden)] = self.browser.open(options.signin).forms
        self.browser.open(action, hidden)

    def act(self):
        """Two publications for one removal, each of some comment on a page of the queue."""
        act = self.chance.choice(["publish", "publish", "remove"])
        forms = self._queue(act).form_to(f"/{act}/")
        if not forms:
            self.seen.clear()
            return
        self.seen[act] = answer = self.browser.open(*self.chance.choice(forms))
        if 'class="success"' in answer.body:
            self.done[act] += 1
        elif "Somebody was before you" in answer.body:
            self.conflicts += 1
        else:
            sys.exit(f"{answer.address}: {act} was neither done nor refused")

    def _queue(self, act):
        """The page that the last act led back to; now and then some other one."""
        if act not in self.seen or self.chance.random() < SHARE_OF_OTHER_PAGES:
            place = ACTS_IN_PLACE[act].format(self.chance.randint(1, 40))
            self.seen[act] = self.browser.open("admin/queue/" + place)
        return self.seen[act]


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("address")
    arguments.add_argument("name")
    arguments.add_argument("--comments", type=int, required=True)
    arguments.add_argument("--replies", type=float, required=True, metavar="SHARE")
    arguments.add_argument("--signin", help="a one-time link: be a moderator between comments")
    arguments.add_argument("--acts", type=int, default=0)
    options = arguments.parse_args()
    reader = Reader(options)
    moderator = Moderator(options) if options.signin else None
    for number in range(options.comments):
        # A refusal costs a try: who finds nothing but closed doors comes to an end.
        any(reader.comment(f"{options.name} {number}") for _ in range(5))
        while moderator and sum(moderator.done.values()) * options.comments < options.acts * number:
            moderator.act()
    report = {"accepted": reader.accepted, "problems": reader.problems}
    if moderator:
        report |= {"acts": moderator.done, "conflicts": moderator.conflicts}
    sys.stdout.write(json.dumps(report))


if __name__ == "__main__":
    main()
