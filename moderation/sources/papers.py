"""DOI and arXiv ids in addresses, where it is certain that they name the whole work."""

import re
from typing import Final
from urllib.parse import quote, unquote

DOI: Final = r"10\.\d{4,9}/\S+"
RESOLVERS: Final = frozenset({"doi.org", "dx.doi.org"})
# Where publishers keep the DOI in the path; the host's subdomains count too.
IN_PATH: Final = {
    host: re.compile(pattern)
    for pattern, hosts in {
        rf"/doi/(?:(?:abs|book|epdf|epub|figure|full|full-xml|pdf|pdfdirect|pdfplus|ref|reader)/)?"
        rf"({DOI})": (
            "aeaweb.org annualreviews.org cochranelibrary.com dl.acm.org emerald.com"
            " journals.aps.org journals.sagepub.com journals.uchicago.edu liebertpub.com nejm.org"
            " onlinelibrary.wiley.com pnas.org psycnet.apa.org pubs.acs.org"
            " royalsocietypublishing.org science.org sciencemag.org tandfonline.com"
        ),
        rf"/(?:article|chapter|book|protocol|content/pdf|referenceworkentry)/({DOI})": (
            "link.springer.com"
        ),
        rf"/articles/({DOI}?)(?:/full|/pdf|/abstract|/epub)?": "frontiersin.org",
        r"/content/(10\.1101/[\d.]+?)(?:v\d+)?(?:\.(?:full|abstract|article-info)(?:\.pdf)?)?": (
            "biorxiv.org medrxiv.org"
        ),
        rf"/article/({DOI}?)(?:/(?:html|pdf))?": "degruyter.com",
    }.items()
    for host in hosts.split()
}
PLOS_QUERY: Final = re.compile(r"(?:^|&)id=(10\.1371/[a-z.]+\.\d{7})(?:&|$)")
NATURE_PATH: Final = re.compile(r"/articles/(s\d{5}-\d{3}-\d{4,5}-[\dxyz])(?:\.pdf)?")
FORMATS: Final = re.compile(r"(?:\.pdf|\.html?|/(?:full|abstract|pdf|epub|html))+$")

ARXIV_HOSTS: Final = frozenset(
    {"arxiv.org", "export.arxiv.org", "xxx.lanl.gov", "ar5iv.org", "ar5iv.labs.arxiv.org"}
)
ARXIV_ID: Final = r"(\d{4}\.\d{4,5}|[a-z]+(?:-[a-z]+)?(?:\.[a-z]{2})?/\d{7})(?:v\d+)?"
ARXIV_PATH: Final = re.compile(
    rf"/(?:abs|pdf|html|ps|format|src|e-print)/{ARXIV_ID}(?:\.pdf|\.ps\.gz)?", re.IGNORECASE
)
ARXIV_DOI: Final = re.compile(rf"10\.48550/arxiv\.{ARXIV_ID}", re.IGNORECASE)
SUBJECT_CLASS: Final = re.compile(r"(?<=[a-z])\.[a-z]{2}(?=/)")


def paper_of(host: str, path: str, query: str) -> str:
    """The one address of the paper that a tidy address leads to, or ""."""
    if host in ARXIV_HOSTS:
        found = ARXIV_PATH.fullmatch(path)
        return _arxiv(found[1]) if found else ""
    if host in RESOLVERS:
        name = unquote(path.removeprefix("/"))
        return _doi(name) if re.fullmatch(DOI, name) else ""
    return _published(host, path, query)


def _published(host: str, path: str, query: str) -> str:
    if host == "journals.plos.org" and (found := PLOS_QUERY.search(unquote(query))):
        return _doi(found[1])
    if host == "nature.com" and (found := NATURE_PATH.fullmatch(path)):
        return _doi(f"10.1038/{found[1]}")
    pattern = IN_PATH.get(host) or IN_PATH.get(host.partition(".")[2])
    found = pattern.fullmatch(unquote(path)) if pattern else None
    return _doi(FORMATS.sub("", found[1])) if found else ""


def _doi(name: str) -> str:
    """Their letters count in one size."""
    if found := ARXIV_DOI.fullmatch(name):
        return _arxiv(found[1])
    return "https://doi.org/" + quote(name.lower(), safe="/:;()-._~!$&'*+,=@")


def _arxiv(paper_id: str) -> str:
    return "https://arxiv.org/abs/" + SUBJECT_CLASS.sub("", paper_id.lower())
