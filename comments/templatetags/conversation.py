"""What templates ask of comments that is not the comment's own."""

from django import template

from comments.private_links import status_address
from comments.shapes import shape_of

register = template.Library()
register.simple_tag(shape_of, name="shape")
register.filter("status_address", status_address)
