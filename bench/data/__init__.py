"""Databases for benchmarks: made up, and the same in every run."""
