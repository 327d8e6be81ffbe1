"""How many statements the database gets for one request, whoever sends them."""

from wsgiref.util import setup_testing_defaults

from django.db import connection

TIMES = 20


def ask(application, path):
    environ = {}
    setup_testing_defaults(environ)
    path, _, query = path.partition("?")
    environ |= {"PATH_INFO": path, "QUERY_STRING": query, "HTTP_HOST": "127.0.0.1"}
    environ |= {"HTTP_ACCEPT_ENCODING": "gzip"}
    said = []
    response = application(environ, lambda status, headers: said.append(status))
    body = b"".join(response)
    getattr(response, "close", lambda: None)()
    if not said[0].startswith("200"):
        raise RuntimeError(said[0])
    return body


def queries_of(path):
    """Those of a page that was read before, as the server counts transactions outside of one."""
    from config.wsgi import application  # noqa: PLC0415 (after the settings are there)

    for _ in range(3):
        ask(application, path)
    return min(_counted(application, path) for _ in range(3))  # the server has work of its own


def _counted(application, path):
    before = _statements()
    for _ in range(TIMES):
        ask(application, path)
    return (_statements() - before - 1) / TIMES


def _statements():
    """Of this connection; each statement here is a transaction. The look itself is one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute(
            "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
        )
        return cursor.fetchone()[0]
