"""Benchmarks: ratios measured in one run on one machine, run by `dev.py bench NAME`."""
