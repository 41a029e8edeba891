"""The runs: the live list, and one run with its log, attempts and inputs.

A way to look at runs belongs here; what decides which runs match is in `run_filter.py`.
"""
