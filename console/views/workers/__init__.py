"""The workers: the list, one worker beside it, and the dead letters.

What a person can do with a worker is in `actions.py`.
"""
