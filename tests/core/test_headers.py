"""What goes out with "not modified"."""

from django.http import HttpResponse

from core.headers import unchanged

ASKED_FOR = {
    "Cache-Control": "public, no-cache",
    "ETag": '"1"',
    "Last-Modified": "Fri, 27 Nov 2026 00:00:00 GMT",
    "Strict-Transport-Security": "max-age=9",
    "Vary": "Cookie",
}
OTHERS = {"Content-Length": "0", "Content-Security-Policy": "default-src 'none'"}


def answer(status):
    response = HttpResponse(status=status, headers={**ASKED_FOR, **OTHERS})
    response.delete_cookie("visits")
    return unchanged(lambda _: response)(None)


def test_what_a_reader_has_to_know_anew_and_cookies_stay():
    said = answer(304)
    assert {name: said[name] for name in ASKED_FOR} == ASKED_FOR
    assert not said.headers.keys() & OTHERS.keys()
    assert "visits" in said.cookies


def test_any_other_answer_stays_as_it_is():
    said = answer(200)
    assert said.headers.keys() >= ASKED_FOR.keys() | OTHERS.keys()
