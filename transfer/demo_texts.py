"""The words of the demo site."""

import re
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class DemoPost:
    """A post of the demo site; `key` is how other texts here refer to it."""

    key: str
    title: str
    slug: str
    summary: str
    body: str
    days_ago: int
    tags: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class DemoComment:
    """A comment of the demo conversation. `name` is empty for the post's author."""

    key: str
    name: str = ""
    answers: str = ""
    ends: str = "published"
    text: str


def flow(text: str) -> str:
    """Join the lines of each paragraph: in a comment a line end is a line end."""
    return re.sub(r"(?<!\n)\n(?=[^\n>\d])", " ", text)


ABOUT = """\
This is a demonstration site. Its posts and comments were put here so that an empty page is not
the first thing you see; write your own and delete these.

**Where to go from here**

- Sign in with the one-time link that `dev.py up` printed; `python3 dev.py link` makes another.
- Open the *Queue* in the admin: some comments wait for a decision there.
- Write a post under *Posts*.
"""

POSTS = [
    DemoPost(
        key="numbered",
        title="Every argument deserves an address",
        slug="every-argument-deserves-an-address",
        summary="Why comments here have numbers, and why the numbers never change.",
        days_ago=3,
        tags=["method"],
        body="""\
Long discussions fail in a dull way. Somebody answers a point made forty comments earlier, nobody
can tell which one, and two people end up defending claims that neither of them made.

Law and scripture solved this long ago: **number the passages, and never renumber them**. A
reference to *Politics* 1253a still finds its sentence, although nobody has printed the page that
it was counted on for two hundred years.

So a comment here has a number, and replies continue it:

| number | is |
|---|---|
| 2 | the second comment on the post |
| 2.1 | the first reply to it |
| 2.1.3 | the third reply to that |

What a moderator removes leaves its number behind. The replies stay where they were, and a quotation
from last year still points to the right place.

> A conversation that can be cited can be continued.
""",
    ),
    DemoPost(
        key="slow",
        title="In defence of the slow answer",
        slug="in-defence-of-the-slow-answer",
        summary="Approval before publication is an editor's tool, if it says what it does.",
        days_ago=12,
        tags=["method", "moderation"],
        body="""\
Comments on this site wait until somebody has read them. That costs immediacy, which is real, and
buys three things that I have come to value more:

1. Nobody has to read what was written in the first ten minutes of anger.
2. A commenter learns *why* something waits, instead of guessing.
3. The author answers when there is an answer.

The condition is honesty. A queue that swallows comments without a word is worse than none.
""",
    ),
    DemoPost(
        key="notes",
        title="How to write here",
        slug="how-to-write-here",
        summary="What the author's Markdown can do.",
        days_ago=20,
        tags=["notes"],
        body="""\
Posts are written in Markdown, with tables, quotes and code:

```python
def reply(comment, text):
    return f"> {comment}\\n\\n{text}"
```

Commenters have a smaller set: paragraphs, *emphasis*, **strong**, quotes, lists, `code` and links.
""",
    ),
]

ARGUMENT = [
    DemoComment(
        key="hanna",
        name="Hanna Okafor",
        text=flow("""\
I like the comparison, but Bekker's numbers survive because the text is dead. Nobody adds a
paragraph to Aristotle. A thread grows in the middle, and a number for a place in something that
grows is either unstable or meaningless."""),
    ),
    DemoComment(
        key="author1",
        answers="hanna",
        text=flow("""\
> a thread grows in the middle

It does, which is why the number says *where* a comment hangs and not how far down the page it is.
The third reply to yours stays the third reply, whatever is written under the first two."""),
    ),
    DemoComment(
        key="hanna2",
        name="Hanna Okafor",
        answers="author1",
        text="Fair. And if the second one is deleted, the third becomes the second?",
    ),
    DemoComment(
        key="author2",
        answers="hanna2",
        text="No. A removed comment leaves its number. You can see one below.",
    ),
    DemoComment(
        key="rude",
        name="Observer",
        answers="hanna",
        ends="removed",
        text="People who need numbers for their thoughts should have fewer of them.",
    ),
    DemoComment(
        key="joon",
        name="Joon-ho",
        answers="rude",
        text="That is not an argument. What would you do instead, *quote everything*?",
    ),
    DemoComment(
        key="marta",
        name="Marta S.",
        text=flow("""\
A practical note: courts do this too. Paragraph numbers in judgments came in only around 2000, and
citing by page died within ten years. The reason given was the same as yours:

1. pages differ between editions,
2. paragraphs do not."""),
    ),
    DemoComment(
        key="joon2",
        name="Joon-ho",
        answers="marta",
        text="Is there a source for the date? I would like to read the practice direction itself.",
    ),
    DemoComment(
        key="waiting",
        name="Peter",
        answers="joon2",
        ends="pending",
        text=flow("""\
There is a summary at https://example.org/neutral-citation and the text of the direction at
https://example.com/practice-direction-2001, but I have only read the first."""),
    ),
    DemoComment(
        key="waiting2",
        name="L. Varga",
        ends="pending",
        text="Does the scheme survive moving a branch to another post? It would have to.",
    ),
    DemoComment(
        key="spam",
        name="best prices",
        ends="spam",
        text="Great article!! Visit http://example.net/pills and http://example.net/more",
    ),
]
