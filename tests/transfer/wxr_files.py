"""WordPress exports made on the spot."""

from xml.sax.saxutils import escape

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
  xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>Made</title><link>http://made.example</link><wp:wxr_version>1.2</wp:wxr_version>
<wp:base_blog_url>http://made.example</wp:base_blog_url>
"""
FOOT = "</channel></rss>\n"


def comment(number, parent=0, *, approved="1", text=None, date=None):
    """One comment; later numbers are later."""
    date = date or f"2013-03-{1 + number // 60:02} 10:{number % 60:02}:00"
    return (
        f"<wp:comment><wp:comment_id>{number}</wp:comment_id>"
        f"<wp:comment_author>Reader {number}</wp:comment_author>"
        f"<wp:comment_date_gmt>{date}</wp:comment_date_gmt>"
        f"<wp:comment_content>{escape(text or f'Text {number}')}</wp:comment_content>"
        f"<wp:comment_approved>{approved}</wp:comment_approved>"
        f"<wp:comment_parent>{parent}</wp:comment_parent></wp:comment>\n"
    )


def item(number, *comments, **fields):
    """One published post."""
    given = {
        "wp:post_name": f"post-{number}",
        "wp:status": "publish",
        "wp:post_type": "post",
        "wp:post_date_gmt": "2013-03-01 00:00:00",
        "content:encoded": f"Body {number}",
        **{f"wp:{name}": value for name, value in fields.items()},
    }
    inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in given.items())
    return (
        f"<item><title>Post {number}</title><link>http://made.example/?p={number}</link>"
        f"<wp:post_id>{number}</wp:post_id>{inner}{''.join(comments)}</item>\n"
    )


def export(*items):
    """A whole file."""
    return HEAD + "".join(items) + FOOT
