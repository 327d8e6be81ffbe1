"""WordPress's dates: one in UTC, one in the blog's own time, and either may be missing."""

from datetime import UTC, datetime, tzinfo
from email.utils import parsedate_to_datetime
from typing import Final
from zoneinfo import ZoneInfo

from core.moments import is_possible
from core.site import current

FORMAT: Final = "%Y-%m-%d %H:%M:%S"


def moment(fields: dict[str, str], name: str) -> datetime | None:
    """The time of `name` ("wp:post_date"): its UTC twin, else itself in this site's time zone."""
    gmt = _read(fields.get(f"{name}_gmt", ""), UTC)
    return gmt or _read(fields.get(name, ""), ZoneInfo(current().time_zone))


def rss_moment(text: str) -> datetime | None:
    """The time of an RSS date such as `Tue, 18 Jan 2011 07:40:14 +0000`."""
    try:
        read = parsedate_to_datetime(text)
    except (ValueError, OverflowError):  # the second for a year or an offset beyond all calendars
        return None
    return _in_utc(read if read.tzinfo else read.replace(tzinfo=UTC))


def _read(text: str, zone: tzinfo) -> datetime | None:
    """None for nothing, for rubbish and for 0000-00-00, which is WordPress's nothing."""
    try:
        read = datetime.strptime(text, FORMAT)
    except ValueError:
        return None
    return _in_utc(read.replace(tzinfo=zone))


def _in_utc(read: datetime) -> datetime | None:
    return read.astimezone(UTC) if is_possible(read) else None
