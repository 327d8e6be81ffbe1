"""Texts that mean harm: our own, and the public corpora where they lie beside the repository."""

import json
import os
import re
from pathlib import Path

CORPORA = Path(os.environ.get("COLLOQUY_CORPORA", Path(__file__).parents[2] / "shared" / "corpora"))
CALL = "alert(1)"
ELSEWHERE = "https://elsewhere.example"

TAGS = [
    f"<script>{CALL}</script>",
    f"<ScRiPt>{CALL}</sCrIpT>",
    f"<script src={ELSEWHERE}/x.js></script>",
    f"<img src=x onerror={CALL}>",
    f"<img src='{ELSEWHERE}/pixel.png'>",
    f"<svg onload={CALL}>",
    f"<svg/onload={CALL}//",
    f"<svg><script>{CALL}</script></svg>",
    f"<svg><style><img src=x onerror={CALL}></style></svg>",
    f"<math><mtext><table><mglyph><style><img src=x onerror={CALL}>",
    f"<body onload={CALL}>",
    f"<details open ontoggle={CALL}>x</details>",
    f"<input autofocus onfocus={CALL}>",
    f"<video><source onerror={CALL}></video>",
    f"<iframe srcdoc='<script>{CALL}</script>'></iframe>",
    f"<iframe src=javascript:{CALL}></iframe>",
    f"<object data={ELSEWHERE}/x></object>",
    f"<embed src={ELSEWHERE}/x>",
    f"<link rel=stylesheet href={ELSEWHERE}/x.css>",
    f"<style>@import '{ELSEWHERE}/x.css';</style>",
    f"<meta http-equiv=refresh content='0;url={ELSEWHERE}/'>",
    f"<base href={ELSEWHERE}/>",
    f"<form action={ELSEWHERE}/><button>x</button></form>",
    f"<a href='javascript:{CALL}'>x</a>",
    f'<a href="jav&#x0A;ascript:{CALL}">x</a>',
    f"<div style=\"background:url('{ELSEWHERE}/x')\">x</div>",
    "<div style='position:fixed;inset:0;background:red'>x</div>",
    f"<noscript><p title='</noscript><img src=x onerror={CALL}>'>",
    f"<template><img src=x onerror={CALL}></template>",
    f"<!--><img src=x onerror={CALL}>-->",
    f"<!-- --!><img src=x onerror={CALL}>",
    f"<![CDATA[<img src=x onerror={CALL}>]]>",
    f"<<script>{CALL}//<</script>",
    f"<img src=x onerror={CALL}//",
    f"</p></div></article><script>{CALL}</script>",
    f"</bdi></h3><img src=x onerror={CALL}>",
    f"</title><script>{CALL}</script>",
    f"</textarea><script>{CALL}</script>",
]
QUOTES = [
    f'" onmouseover={CALL} x="',
    f"' onfocus={CALL} autofocus x='",
    f'"><script>{CALL}</script>',
    f"'><img src=x onerror={CALL}>",
    "{{ request.META }}{% debug %}",
    "\u202e<script>\u202c",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&amp;lt;script&amp;gt;alert(1)",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "\u206b\u200bscript\u206calert(1)\u206b/script\u206c",
]
MARKDOWN = [
    f"[x](javascript:{CALL})",
    f"[x](java\nscript:{CALL})",
    f"[x](&#106;avascript:{CALL})",
    f"[x](\x01javascript:{CALL})",
    f"[x](javascript&colon;{CALL})",
    "[x](javascript:123)",
    "[x](vbscript:msgbox)",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    f"<javascript:{CALL}>",
    "[x](//elsewhere.example/)",
    "[x](https://paypal.com@elsewhere.example/)",
    "[x](http://elsewhere.example\\@a.example/)",
    f'http://a.example/"onmouseover={CALL}//',
    f"http://a.example/'><img src=x onerror={CALL}>",
    f"[a](http://a.example '\"><script>{CALL}</script>')",
    f"[<img src=x onerror={CALL}>](http://a.example)",
    f"![x]({ELSEWHERE}/pixel.png)",
    f'![x"onerror="{CALL}](x)',
    f"```<script>{CALL}\n</script>\n```",
    f'``` "onmouseover={CALL}\nx\n```',
    f"`<img src=x onerror={CALL}>`",
    f"    <script>{CALL}</script>",
    f"[x]: javascript:{CALL}\n\n[x]",
]
OWN = [*TAGS, *QUOTES, *MARKDOWN]


def corpus(name):
    """The strings of a public corpus; none where it is not at hand."""
    path = CORPORA / name
    return list(_strings(json.loads(path.read_text()))) if path.exists() else []


def everything():
    """Our own payloads and all of the public ones."""
    return [*OWN, *corpus("xss-payloads.json"), *corpus("blns.json")]


def examples_of_commonmark():
    """The texts of the specification's examples."""
    path = CORPORA / "commonmark-spec.txt"
    found = re.findall(r"^`{32} example\n(.*?)^\.$", path.read_text(), re.DOTALL | re.MULTILINE)
    return [text.replace("\u2192", "\t") for text in found]


def _strings(data):
    if isinstance(data, str):
        yield data
    elif isinstance(data, list):
        for item in data:
            yield from _strings(item)
    elif isinstance(data, dict):
        for item in data.values():
            yield from _strings(item)
