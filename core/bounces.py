"""What came back by mail: reports that one did not arrive (RFC 3464), and complaints (RFC 5965).

Anybody can write such a report. So it counts only for a mail of this site, named by its Message-ID,
which nobody but its recipient knows, and only against the address that this mail went to.
"""

import mailbox
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from email.message import Message
from email.parser import BytesParser
from pathlib import Path
from typing import Any, Final, NamedTuple

from core.models import Mail, MailFailure
from core.stopping import note_failure

OUR_ID: Final = re.compile(r"<[0-9a-f]{32}@[^<>\s]{1,255}>")
# More than any report needs; the rest of a longer one is not read.
READ_AT_MOST: Final = 1_000_000
PARTS_AT_MOST: Final = 50
# Of status codes that say "for good": what the recipient can do nothing for, or that may pass.
NOT_THE_ADDRESS: Final = re.compile(r"5\.(2\.[23]|3\.\d+|4\.\d+|6\.\d+|7\.\d+)$")

STOPPED, AGAIN, NOT_OURS, NO_REPORT = "counted", "known", "not of ours", "no report"


class NotAMailbox(ValueError):
    """What was given as a mailbox is none."""


class Report(NamedTuple):
    """What a report says, and of which mail."""

    kind: MailFailure.Kind
    message_id: str
    detail: str


def read_mailbox(path: Path) -> "Counter[str]":
    """Take in every report of an mbox file or a maildir; how many of each sort. Changes no mail.

    Again it counts nothing twice. Raises NotAMailbox.
    """
    return Counter(take_in(raw) for raw in _raw_mails(path))


def take_in(raw: bytes) -> str:
    """Take in one mail: STOPPED (counted against its address), AGAIN, NOT_OURS or NO_REPORT."""
    try:
        report = read_report(raw)
    except RecursionError:  # parts within parts without end: one such mail must not stop the rest
        report = None
    if report is None:
        return NO_REPORT
    mail = Mail.objects.filter(message_id=report.message_id).first() if report.message_id else None
    if mail is None:
        return NOT_OURS
    is_new = note_failure(
        event=f"report:{report.kind}:{mail.message_id}",
        address=mail.to,
        kind=report.kind,
        detail=report.detail,
    )
    return STOPPED if is_new else AGAIN


def read_report(raw: bytes) -> Report | None:
    """What a mail reports; None if it is no report, or one of a delay."""
    whole = BytesParser().parsebytes(raw[:READ_AT_MOST])
    if whole.get_content_type() != "multipart/report" or not whole.is_multipart():
        return None
    parts: Any = whole.get_payload()
    parts = parts[:PARTS_AT_MOST]
    found = _complaint(parts) or _failure(parts)
    return Report(*found[:1], _message_id(parts), found[1]) if found else None


def _failure(parts: "list[Message]") -> tuple[MailFailure.Kind, str] | None:
    """Kind and detail, by the worst that is said of any recipient: a mail of ours has one."""
    said = [
        fields for part in _of_type(parts, "message/delivery-status") for fields in _inner(part)
    ]
    failed = [one for one in said if _word(one, "Action").startswith("failed")]
    kinds = [(_kind(one), _detail(one)) for one in failed]
    return min(kinds, key=lambda one: one[0] != MailFailure.Kind.HARD, default=None)


def _kind(fields: Message) -> MailFailure.Kind:
    status = _word(fields, "Status").partition(" ")[0]
    is_final = status.startswith("5.") and not NOT_THE_ADDRESS.match(status)
    return MailFailure.Kind.HARD if is_final else MailFailure.Kind.SOFT


def _detail(fields: Message) -> str:
    return f"{_word(fields, 'Status')} {_word(fields, 'Diagnostic-Code')}".strip()


def _complaint(parts: "list[Message]") -> tuple[MailFailure.Kind, str] | None:
    for part in _of_type(parts, "message/feedback-report"):
        for fields in _inner(part):
            kind = _word(fields, "Feedback-Type")
            if kind in {"abuse", "fraud", "opt-out", "virus", "other"}:
                return MailFailure.Kind.COMPLAINT, kind
    return None


def _message_id(parts: "list[Message]") -> str:
    """Of the mail that is reported, from the copy of it or of its headers that comes along."""
    for part in parts:
        if part.get_content_type() == "message/rfc822":
            originals: Iterable[Message] = _inner(part)
        elif part.get_content_type() in {"text/rfc822-headers", "message/rfc822-headers"}:
            originals = [BytesParser().parsebytes(_bytes(part), headersonly=True), *_inner(part)]
        else:
            continue
        for original in originals:
            if named := OUR_ID.search(_header(original, "Message-ID")):
                return named[0]
    return ""


def _bytes(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _of_type(parts: "list[Message]", kind: str) -> "list[Message]":
    return [part for part in parts if part.get_content_type() == kind]


def _inner(part: Message) -> "list[Message]":
    payload: Any = part.get_payload()
    return payload[:PARTS_AT_MOST] if isinstance(payload, list) else []


def _word(fields: Message, name: str) -> str:
    return _header(fields, name).strip().lower()[:300]


def _header(fields: Message, name: str) -> str:
    return str(fields.get(name, ""))


def _raw_mails(path: Path) -> Iterator[bytes]:
    box = _open(path)
    try:
        for key in box.keys():  # noqa: SIM118 -- a mailbox iterates over its messages, parsed
            yield box.get_bytes(key)
    finally:
        box.close()


def _open(path: Path) -> Any:
    try:
        if path.is_dir():
            if not (path / "cur").is_dir() or not (path / "new").is_dir():
                raise NotAMailbox(f"{path} is a folder, but no maildir: it has no cur and new.")
            return mailbox.Maildir(path, create=False)
        with path.open("rb") as file:
            begins = file.read(5)
        if begins not in {b"", b"From "}:
            raise NotAMailbox(f"{path} is no mbox file: it does not begin with “From ”.")
        return mailbox.mbox(path, create=False)
    except OSError as error:
        raise NotAMailbox(f"{path} can't be read: {error.strerror}.") from error
