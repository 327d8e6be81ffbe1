"""Is the process alive, and can it serve? Two plain answers for a supervisor or a proxy."""

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.mail import mail_trouble


@never_cache
@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    """200 whenever the process answers; asks nothing of the database."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers and no migration waits, else 503 and the reason.

    Mail that waits gets a second line and is no reason: the site works without a worker.
    """
    try:
        reason = "" if _migrated() else "migrations wait: run manage.py migrate"
        more = "" if reason else mail_trouble()
    except Error:
        reason, more = "the database does not answer", ""
    body = "".join(f"{line}\n" for line in (reason or "ok", more) if line)
    return HttpResponse(body, content_type="text/plain", status=503 if reason else 200)


def _migrated() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())
