"""Addresses of the blog elsewhere, on their way to what they are here."""

from collections.abc import Iterable

from blog.old_addresses import leave_redirect
from transfer.report import Report


def leave_redirects(old_paths: Iterable[str], new_path: str, report: Report) -> None:
    """Have the old paths lead to a new one, and count those that had not; in a transaction."""
    for old_path in old_paths:
        if leave_redirect(old_path=old_path, new_path=new_path):
            report.add("old addresses", "lead here")


def numbered(name: str, number: str) -> list[str]:
    """WordPress's address without a permalink, `/?p=3`; none for what is no number."""
    return [f"/?{name}={number}"] if number.isascii() and number.isdigit() else []
