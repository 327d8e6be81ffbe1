"""Mails, written down in the transaction of what they tell and sent by the worker.

Every mail goes this way: no request ever waits for a mail server. One that tells what may be over
before it goes is made only when it goes, by a maker, out of the state as it is then.
"""

import logging
import re
import smtplib
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final

import django
from django.conf import settings
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction
from django.utils import timezone, translation

from core import jobs
from core.message import Letter, message, message_id, one_line, storable
from core.models import Mail, MailFailure
from core.stopping import forget_failures, is_stopped, note_failure

logger = logging.getLogger(__name__)

# How long proof is kept that a mail of some key went out.
KEPT: Final = timedelta(days=30)
# A mail that waits longer than this is worth a line to the keeper of the site.
LATE: Final = timedelta(minutes=15)
CONSOLE: Final = "django.core.mail.backends.console.EmailBackend"
# Of so many printed mails the admin shows what they said.
SHOWN: Final = 100
STOPPED: Final = "No mail goes to this address any more: see the stopped addresses."
# A server's own refusal that is about the address: RFC 3463's 5.1.1 and its kin.
NO_SUCH_ADDRESS: Final = re.compile(r"55\d 5\.1\.[12346]\b")
NOTHING_TO_TELL: Final = "Nothing was left to tell when it was to go."

# Called with the mail and what enqueue_made_mail was given; None: nothing is to be told any more.
Maker = Callable[..., Letter | None]
_makers: dict[str, Maker] = {}


class NotAnAddress(ValueError):
    """What a mail was to be sent to is not one plain address."""


class MailWaits(Exception):
    """A mail did not go this time and will be tried again."""


def enqueue_mail(*, to: str, subject: str, text: str, key: str, html: str = "") -> bool:
    """Have one mail sent once this transaction is committed, and only then. Takes no time.

    Of one `key` there is one mail, for 30 days: False when there is one already. Anything may be
    in `subject`: it becomes one line. Raises NotAnAddress for what is not exactly one address.
    `html` must be safe, with all its addresses absolute (settings.SITE_URL).
    """
    content = {
        "to": _one_address(to),
        "subject": one_line(subject)[:200],
        "text": storable(text),
        "html": storable(html),
    }
    one, is_new = Mail.objects.get_or_create(key=key, defaults=content)
    if is_new:
        jobs.enqueue(send, mail_id=one.pk)
    return is_new


def maker(name: str) -> Callable[[Maker], Maker]:
    """Register what makes the mails of this name, by which waiting ones know it tomorrow.

    It runs in the transaction that sends, must not write, and may run again for the same mail. It
    stands in a module that an app's `jobs.py` imports.
    """

    def register(make: Maker) -> Maker:
        _makers[name] = make
        return make

    return register


def enqueue_made_mail(*, maker: str, to: str, key: str, **made_of: int | str) -> Mail | None:
    """As enqueue_mail, for a mail that its maker makes of `made_of` when it goes. Ids, no texts.

    None when there is one of this key already.
    """
    defaults = {"to": _one_address(to), "maker": maker, "made_of": made_of}
    one, is_new = Mail.objects.get_or_create(key=key, defaults=defaults)
    if not is_new:
        return None
    jobs.enqueue(send, mail_id=one.pk)
    return one


@jobs.task(name="core.send_mail")
def send(*, mail_id: int) -> None:
    """Send a mail that has not gone yet. Run twice it sends once.

    The exception is a worker killed after the mail server took the mail and before the database
    knows: then that one goes again, under the same Message-ID.
    """
    try:
        _send(mail_id)
    except OSError as error:  # which smtplib's are too
        Mail.objects.filter(pk=mail_id).update(trouble=one_line(str(error)))
        # Without the server's words, which may name the reader's address: this gets into the log.
        waits = MailWaits(f"mail {mail_id}: {type(error).__name__}")
        logger.warning("%s", waits)
        raise waits from None


def _send(mail_id: int) -> None:
    with transaction.atomic():
        # A second run beside this one fails at once and comes back later.
        waiting = Mail.objects.waiting().select_for_update(nowait=True)
        one = waiting.filter(pk=mail_id).first()
        if one is None:
            return
        with connection.cursor() as cursor:  # the server may take its time, see config/database.py
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '5min'")
        one.trouble = _go(one)
        if one.trouble:
            one.refused_at = timezone.now()
        else:
            one.sent_at = timezone.now()
        if not keeps_texts():
            one.text, one.html, one.headers = "", "", {}
        one.save()


def _go(one: Mail) -> str:
    """Empty if the server took it, else why it never will."""
    if is_stopped(one.to):
        return STOPPED
    letter = _letter(one)
    if letter is None:
        return NOTHING_TO_TELL
    one.headers = dict(letter.headers)
    one.message_id = message_id(one.key)
    trouble = _deliver(one, letter)
    if NO_SUCH_ADDRESS.match(trouble):
        hard = MailFailure.Kind.HARD
        note_failure(event=f"smtp:{one.message_id}", address=one.to, kind=hard, detail=trouble)
    return trouble


def keeps_texts() -> bool:
    """Whether mails are printed here and not sent: then the admin shows what they said."""
    return bool(settings.MAILERS["default"]["BACKEND"] == CONSOLE)


@jobs.periodic(name="core.forget_mails", cron="23 * * * *")
def forget(timestamp: int) -> None:
    """Mails that went, were refused or never got through are forgotten after 30 days.

    The texts of those that went are gone by then, but for the last 100 that were only printed.
    """
    Mail.objects.filter(queued_at__lt=timezone.now() - KEPT).delete()
    last = Mail.objects.order_by("-pk").values("pk")[: SHOWN if keeps_texts() else 0]
    gone = Mail.objects.exclude(sent_at=None, refused_at=None).exclude(pk__in=last)
    gone.exclude(text="", html="").update(text="", html="", headers={})
    forget_failures()


def mail_trouble() -> str:
    """What mail waits for, as a sentence; empty when it goes out. At most two cheap queries."""
    missing = jobs.worker_missing()
    if missing:
        return f"Mail waits: {missing}."
    late = Mail.objects.waiting().filter(queued_at__lt=timezone.now() - LATE)
    oldest = late.order_by("queued_at").first()
    if oldest is None:
        return ""
    since = timezone.localtime(oldest.queued_at)
    return f"Mail waits since {since:%Y-%m-%d %H:%M %Z}: {oldest.trouble or 'no reason known'}."


def _letter(one: Mail) -> Letter | None:
    """What the mail says by now; None if nothing. Kept of it is the subject."""
    if not one.maker:
        return Letter(subject=one.subject, text=one.text, html=one.html)
    with translation.override(settings.LANGUAGE_CODE):
        letter = _makers[one.maker](mail=one, **one.made_of)
    if letter is not None:
        one.subject = one_line(letter.subject)[:200]
        one.text, one.html = storable(letter.text), storable(letter.html)
    return letter


def _deliver(one: Mail, letter: Letter) -> str:
    """Hand a mail to the server: empty when it took it, else why it never will.

    Whatever may pass (no server, a refusal for now, a wrong password) is raised.
    """
    mailer = _mailer()
    mailer.open()
    try:
        mailer.send_messages([message(one, letter.headers)])
    except smtplib.SMTPRecipientsRefused as error:
        [(code, answer)] = error.recipients.values()
        return _final(code, answer)
    except smtplib.SMTPDataError as error:
        return _final(error.smtp_code, error.smtp_error)
    finally:
        # The mail is taken or not by now; a server that is silent on QUIT must not undo that.
        with suppress(OSError, smtplib.SMTPException):
            mailer.close()
    return ""


def _final(code: int, answer: bytes | str) -> str:
    words = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    if code < 500:
        raise smtplib.SMTPResponseException(code, words)
    return f"{code} {one_line(words)}"


def _mailer() -> Any:
    """Django 6.1's `mailers.default`; in 5.2 the same out of the same setting."""
    if django.VERSION >= (6, 1):
        return mail.mailers.default
    default = settings.MAILERS["default"]
    return mail.get_connection(default["BACKEND"], **default.get("OPTIONS", {}))


def _one_address(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError:
        raise NotAnAddress("That is not a mail address.") from None
    if len(text) > 254 or not text.isprintable() or set(text) & set(' ",;:<>()\\'):
        raise NotAnAddress("That is not one plain mail address.")
    return text
