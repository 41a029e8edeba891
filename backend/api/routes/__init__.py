"""The routes, one module for each part of the HTTP API.

Each function calls one use case with `state.context`.
"""
