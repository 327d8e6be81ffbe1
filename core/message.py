"""What a mail looks like on its way: its headers, whatever somebody typed into its words.

Every header but To is made here or by a maker (core.mail), of names that stand in the code. A value
is one line, and an address or an id in it is never folded or encoded.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils.crypto import salted_hmac

from core.models import Mail


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What a mail says. `html` must be safe, with all its addresses absolute (settings.SITE_URL).

    Anything may be in `subject`: it becomes one line. `headers` come beside those of every mail.
    """

    subject: str
    text: str
    html: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class _Whole(EmailPolicy):
    """Python's own would write a long address in a header as an encoded word, which no mail
    program follows: here a line breaks between words only.
    """

    def fold(self, name: str, value: Any) -> str:
        if name.lower() not in {"list-unsubscribe", "references", "in-reply-to", "message-id"}:
            return super().fold(name, value)
        return f"{name}: " + f"{self.linesep} ".join(str(value).split()) + self.linesep

    def fold_binary(self, name: str, value: Any) -> bytes:
        return self.fold(name, value).encode("ascii", "surrogateescape")


class _WholeMail(EmailMultiAlternatives):
    """Django 5.2 writes a mail by Python's older policy, which begins a long address on a line of
    its own; from 6 on by the newer one.
    """

    def message(self, *args: Any, **kwargs: Any) -> Message:  # type: ignore[override]
        if django.VERSION < (6, 0):
            older = super().message(*args, **kwargs)
            older.policy = older.policy.clone(max_line_length=998)
            return older
        asked = kwargs.pop("policy", None)
        policy = _Whole(linesep=asked.linesep if asked else "\n")
        return super().message(*args, policy=policy, **kwargs)


def message(one: Mail, headers: Mapping[str, str] | None = None) -> EmailMultiAlternatives:
    """The mail as it is sent, the same at every attempt: a copy can be told by its Message-ID."""
    whole = _WholeMail(
        one.subject,
        one.text,
        to=[one.to],
        headers={
            "Message-ID": message_id(one.key),
            "Date": format_datetime(one.queued_at),
            "Auto-Submitted": "auto-generated",
            **{name: one_line(value) for name, value in (headers or {}).items()},
        },
    )
    if one.html:
        whole.attach_alternative(one.html, "text/html")
    return whole


def message_id(key: str) -> str:
    """The Message-ID of the mail of a key, sent or not: what a later one may refer to."""
    digest = salted_hmac("mail", key, algorithm="sha256").hexdigest()[:32]
    return f"<{digest}@{host()}>"


def host() -> str:
    """The site's name in ids."""
    return urlsplit(settings.SITE_URL).hostname or "localhost"


def ascii_domain(domain: str) -> str:
    """A domain as mail servers name it: in small letters, others than a to z encoded."""
    try:
        return domain.lower().encode("idna").decode()
    except UnicodeError:
        return domain.lower()


def one_click(address: str) -> dict[str, str]:
    """The headers by which a mail program unsubscribes with one POST to an address (RFC 8058)."""
    return {
        "List-Unsubscribe": f"<{address}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def one_line(text: str) -> str:
    """What a header may hold: line breaks, controls and invisible characters become blanks.

    A typed encoded word would be read as what it stands for, line breaks too: it is broken.
    """
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return plain.replace("=?", "= ?")


def storable(text: str) -> str:
    """Without NUL and lone surrogates, which neither Postgres nor a mail can hold."""
    return text.replace("\0", "").encode(errors="replace").decode()
