"""Sources: what links lead to, however they were written, and where each was posted before."""

from moderation.sources.addresses import host_of, is_own_site, is_under, normalise, tidy

__all__ = ["host_of", "is_own_site", "is_under", "normalise", "tidy"]
