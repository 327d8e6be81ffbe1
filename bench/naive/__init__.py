"""The same as a competent developer writes it in an hour: Django, mptt, a template."""
