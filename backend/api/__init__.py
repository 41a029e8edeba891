"""The HTTP API: each route parses a request, calls one use case and renders its result.

SQL, transactions and clocks belong to the aggregates below.
"""
