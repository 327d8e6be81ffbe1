"""The policy that comes with the program: version 1 where there is none."""

from typing import Any, Final

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.utils import timezone

from moderation.models import Clause, Policy

INTRODUCTION: Final = """\
These are the rules for comments on this site. Each has a number, and whoever decides on a comment
names the one that was applied, as it was worded that day. Earlier versions stay readable.
"""

SHORT_FORM: Final = """\
Argue with what was said, stay on the subject, say where your facts come from.
"""

CLAUSES: Final = (
    (
        "respect",
        "Argue with what was said, not with who said it",
        "Disagree as sharply as you like. Insults, threats, and contempt for people because of"
        " what they are do not appear. Quote others as they wrote. Write under one name, and not"
        " under somebody else's.",
    ),
    (
        "topic",
        "Stay on the subject",
        "A comment answers the post or the comment above it. What belongs elsewhere is better"
        " said there: a link to it is welcome.",
    ),
    (
        "sources",
        "Say where it comes from",
        "Give a source for a claim of fact that others may doubt: a link, or a title and a page."
        " Say in your own words what it shows. Text that is not yours is marked as a quotation.",
    ),
    (
        "spam",
        "No advertising",
        "Nothing that is written to sell, to collect clicks or to improve a page's rank. A link"
        " belongs to the argument it stands in.",
    ),
    (
        "once",
        "One argument, once",
        "Make a point in one place and answer what is said to it. The same text or the same"
        " source again, here or under other posts, is held back. Two comments in a row are better"
        " as one.",
    ),
    (
        "privacy",
        "Leave private matters private",
        "No addresses, telephone numbers, health or family matters of anybody, yourself included."
        " Tell us of a comment that names yours: every comment has a link to report it.",
    ),
    (
        "procedure",
        "What happens to a comment",
        "A first comment waits until a person has read it. You see on a private page what became"
        " of it, why, and by which of these clauses. A rejected comment can be changed and sent"
        " again once, and you may appeal once against a rejection or a removal. A comment that"
        " was public and is taken down leaves its number and a note that says so.",
    ),
)


def ensure_policy(using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Receiver of post_migrate: make version 1 where there is no policy and no draft."""
    tables = connections[using].introspection.table_names()
    if Clause._meta.db_table not in tables:
        return  # migrated back to before there was a policy
    policies = Policy.objects.using(using)
    if policies.exists():
        return
    with transaction.atomic(using=using):
        policy = Policy(is_shipped=True)
        policy.write(INTRODUCTION, SHORT_FORM)
        policy.save(using=using)
        for number, (key, title, text) in enumerate(CLAUSES, 1):
            clause = Clause(policy=policy, key=key, number=number)
            clause.write(title, text)
            clause.save(using=using)
        policies.filter(pk=policy.pk).update(version=1, published_at=timezone.now())
