"""The routes, one module for each part of API.md.

Each function calls one use case with `state.context`.
"""
