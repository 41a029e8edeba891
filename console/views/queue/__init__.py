"""The queue: what runs and what waits, in the order of start.

How rows stay in place while a person points at them is decided in `model.py`.
"""
