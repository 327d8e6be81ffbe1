"""Colours for listings: a class for each kind of word, never a style. static/prose.css has them."""

import html
import re
from typing import Final

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

PREFIX: Final = "hl-"
LANGUAGE: Final = re.compile(r"language-[\w+#.-]{1,40}")
# Cleaned HTML, where code without tags inside is text with its four characters escaped.
LISTING: Final = re.compile(r'<pre><code class="language-([\w+#.-]+)">([^<]*)</code></pre>')
# A listing longer than this is shown without colours: some lexers are slow on strange input.
MAX_COLOURED: Final = 50_000


def colour_listings(cleaned: str) -> str:
    """Cleaned HTML with colours in each listing that names a language. What Pygments writes is
    escaped by it, and so is safe again.
    """
    return LISTING.sub(lambda found: _coloured(*found.group(0, 1, 2)), cleaned)


def _coloured(whole: str, language: str, escaped: str) -> str:
    if len(escaped) > MAX_COLOURED:
        return whole
    try:
        lexer = get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return whole
    formatter = HtmlFormatter(nowrap=True, classprefix=PREFIX)
    coloured: str = highlight(html.unescape(escaped), lexer, formatter)
    return f'<pre><code class="language-{language}">{coloured}</code></pre>'
