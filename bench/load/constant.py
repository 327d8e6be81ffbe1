"""The limit: an application that knows nothing and answers bytes of a length that it is told."""

import os

LENGTH = int(os.environ.get("BENCH_LENGTH", "0"))
BODY = os.urandom(LENGTH)
HEADERS = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(LENGTH))]


def application(environ, start_response):
    if "HTTP_IF_NONE_MATCH" in environ:
        start_response("304 Not Modified", [("ETag", '"x"')])
        return []
    start_response("200 OK", HEADERS)
    return [BODY]
