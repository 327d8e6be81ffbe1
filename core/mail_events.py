"""What a mail provider reports by a signed POST: docs/webhooks.md holds the form of it."""

import json
import time
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from core.message import storable
from core.models import MailFailure
from core.signatures import is_signed
from core.stopping import note_failure

AT_MOST: Final = 1_000
KINDS: Final = {kind.value: kind for kind in MailFailure.Kind}


class NotAnEvent(ValueError):
    """What came is not of the form that is asked for; the sentence says where."""


@csrf_exempt  # the signature stands in
@never_cache
@require_POST
def mail_events(request: HttpRequest) -> HttpResponse:
    """Take in bounces and complaints. 404 without a secret, 403 without its signature.

    All of a request is taken or nothing: 400 with a sentence where its form is wrong.
    """
    if not settings.MAIL_EVENTS_SECRET:
        raise Http404
    try:
        body = request.body
    except RequestDataTooBig:
        return _refuse("Too big.", 413)
    except UnreadablePostError:
        return _refuse("It broke off.", 400)
    if not _is_genuine(request, body):
        return _refuse("The signature is missing, wrong, or older than five minutes.", 403)
    try:
        events = read_events(body)
    except NotAnEvent as problem:
        return _refuse(str(problem), 400)
    with transaction.atomic():
        new = sum(note_failure(**event) for event in events)
    return JsonResponse({"taken": new, "known": len(events) - new})


def read_events(body: bytes) -> list[dict[str, Any]]:
    """The events of a body, as note_failure takes them. Raises NotAnEvent."""
    try:
        whole = json.loads(body)
    except (ValueError, RecursionError):
        raise NotAnEvent("This is not JSON.") from None
    events = whole.get("events") if isinstance(whole, dict) else None
    if not isinstance(events, list) or len(events) > AT_MOST:
        raise NotAnEvent(f"It has to be an object with a list “events” of {AT_MOST} at most.")
    return [_event(number, event) for number, event in enumerate(events, 1)]


def _event(number: int, event: Any) -> dict[str, Any]:
    said = event if isinstance(event, dict) else {}
    fields = {name: said.get(name, "") for name in ("id", "kind", "address", "detail")}
    if not all(isinstance(value, str) and storable(value) == value for value in fields.values()):
        raise NotAnEvent(f"Event {number}: id, kind, address and detail have to be texts.")
    if not 0 < len(fields["id"]) <= 150:
        raise NotAnEvent(f"Event {number}: the id has to have 1 to 150 characters.")
    if fields["kind"] not in KINDS:
        raise NotAnEvent(f"Event {number}: the kind is one of {', '.join(KINDS)}.")
    try:
        validate_email(fields["address"])
    except ValidationError:
        raise NotAnEvent(f"Event {number}: this is no mail address.") from None
    return {
        "event": f"provider:{fields['id']}",
        "kind": KINDS[fields["kind"]],
        "address": fields["address"],
        "detail": fields["detail"],
    }


def _is_genuine(request: HttpRequest, body: bytes) -> bool:
    return is_signed(
        settings.MAIL_EVENTS_SECRET,
        request.headers.get("Colloquy-Timestamp", ""),
        request.headers.get("Colloquy-Signature", ""),
        body,
        now=time.time(),
    )


def _refuse(sentence: str, status: int) -> HttpResponse:
    return JsonResponse({"problem": sentence}, status=status)
