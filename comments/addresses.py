"""Addresses in strangers' texts: which may be linked, and when the real host must show."""

import re
import unicodedata
from typing import Final
from urllib.parse import urlsplit

# A browser drops some blanks from an address and reads a backslash as a slash.
UNFIT: Final = re.compile(r"[\s\x00-\x1f\x7f\\]")
# Letters, digits, hyphens, dots and underscores of ASCII, any other letter, or an IPv6 address.
HOST: Final = re.compile(r"[^\x00-,/:-@\[-^`{-\x7f]+|[0-9a-f:.]+")

# bleach's own pattern is quadratic on open brackets and links `foo.py`. The four at the end stand
# for <, > and " while a text is cleaned, and for a bracket around a character without ink.
BARE_ADDRESS: Final = re.compile(
    "(?<![A-Za-z0-9])(?:https?|HTTPS?|Https?)://[^\\s<>\"'`{}|\\\\^\\[\\]\u206b-\u206d\u27e8]+"
)
# What follows an address more often than it ends one, in scripts of the West and the East.
_TRAILING: Final = frozenset(
    ".,;:!?*_~\u2026\u2019\u201d\u00bb"
    "\u3001\u3002\uff0c\uff1b\uff1a\uff01\uff1f\uff09\u300d\u300f\u3011"
)

_DOTS: Final = dict.fromkeys(map(ord, "\u3002\uff0e\uff61\u2024"), ".")
_DOT: Final = re.compile("[.\u3002\uff0e\uff61\u2024]")
# Last parts of file names that are no top-level domain: `node.js` is not another host.
_FILES: Final = frozenset(
    ["css", "csv", "doc", "docx", "gif", "htm", "html", "jpeg", "jpg", "js", "json", "pdf", "php",
     "png", "toml", "txt", "xml", "yaml", "yml"]
)  # fmt: skip
# Scripts that are written together; any other two in one label deceive.
_TOGETHER: Final = (
    {"LATIN", "CJK", "IDEOGRAPHIC", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"},
    {"LATIN", "CJK", "HANGUL"},
    {"LATIN", "CJK", "IDEOGRAPHIC", "BOPOMOFO"},
)
# Cyrillic and Greek small letters that look like Latin ones.
_LOOKALIKES: Final = frozenset(
    "\u0430\u0441\u0435\u04bb\u0456\u0458\u04cf\u043e\u0440\u0445\u0443\u0455\u0475\u0501\u051b"
    "\u051d\u03bf\u03bd\u03b1\u03b9\u03c1\u03c5\u03ba\u03c4"
)


def is_safe_address(address: str) -> bool:
    """Absolute http or https with a plain host and without user name, or mailto."""
    if UNFIT.search(address):
        return False
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018 (raises when it is none)
    except ValueError:
        return False
    if parts.scheme == "mailto":
        return "@" in parts.path
    host = parts.hostname or ""
    return (
        parts.scheme in {"http", "https"} and "@" not in parts.netloc and bool(HOST.fullmatch(host))
    )


def trim(address: str) -> tuple[str, str]:
    """A bare address and what follows it: punctuation, and a bracket that it didn't open."""
    end = len(address)
    surplus = address.count(")") - address.count("(")
    while end and (address[end - 1] in _TRAILING or (address[end - 1] == ")" and surplus > 0)):
        surplus -= address[end - 1] == ")"
        end -= 1
    return address[:end], address[end:]


def is_linked_whole(address: str) -> bool:
    """Whether this text, standing bare, becomes a link with nothing left out."""
    return bool(BARE_ADDRESS.fullmatch(address)) and not trim(address)[1]


def real_host(text: str, address: str) -> str:
    """The host that a link with this text must show beside it, or ''.

    It must when its text names another host, or the same in letters that deceive.
    """
    if not _DOT.search(text) or (text == address and address.isascii()):
        return ""
    real = ascii_host(_host(address))
    for named in _named_hosts(text):
        if (
            _without_www(ascii_host(named)) != _without_www(real)
            or readable(ascii_host(named)) != named
        ):
            return readable(real)
    return ""


def readable(host: str) -> str:
    """An ASCII host in its own letters, but for labels whose letters deceive."""
    return ".".join(map(_readable_label, host.split(".")))


def in_letters(host: str) -> str:
    """An ASCII host in its own letters, also those that deceive: only beside the host itself."""
    return ".".join(map(_letters_of, host.split(".")))


def _host(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme == "mailto":
        return parts.path.rpartition("@")[2]
    return parts.hostname or ""


def _without_www(host: str) -> str:
    return host.removeprefix("www.")


def _folded(host: str) -> str:
    return unicodedata.normalize("NFKC", host.translate(_DOTS)).lower().strip(".")


def ascii_host(host: str) -> str:
    """A host in lower case and ASCII, its other letters as punycode."""
    return ".".join(
        label if label.isascii() else "xn--" + label.encode("punycode").decode()
        for label in _folded(host).split(".")
    )


def _named_hosts(text: str) -> list[str]:
    """What in a text reads like a host, folded: `Example.org`, `https://example.org:80/x.html`."""
    hosts = []
    for word in _folded(text).split():
        start = re.split("[/?#]", word.rpartition("://")[2], maxsplit=1)[0]
        hosts += [part for part in re.split(r"[^\w.\-\u0300-\U0010ffff]+", start) if _is_host(part)]
    return [host.strip(".-_") for host in hosts]


def _is_host(word: str) -> bool:
    labels = word.strip(".-_").split(".")
    if len(labels) < 2 or not all(labels):
        return False
    if labels[-1].isdigit():
        return len(labels) == 4
    return len(labels[-1]) > 1 and labels[-1] not in _FILES


def _readable_label(label: str) -> str:
    letters = _letters_of(label)
    return label if letters != label and _deceives(letters) else letters


def _letters_of(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        letters = label[4:].encode().decode("punycode")
    except UnicodeError:
        return label
    return letters if ascii_host(letters) == label else label


def _deceives(label: str) -> bool:
    """Whether letters of scripts that aren't written together, or only lookalikes, make it up."""
    kinds = {unicodedata.category(c)[0] for c in label if c != "-"}
    letters = [c for c in label if unicodedata.category(c)[0] == "L"]
    scripts = {unicodedata.name(c, "?").split(" ")[0] for c in letters}
    mixed = len(scripts) > 1 and not any(scripts <= together for together in _TOGETHER)
    return (
        mixed or not kinds <= {"L", "M", "N"} or (bool(letters) and _LOOKALIKES.issuperset(letters))
    )
