"""The queue: what waits and what runs, in the order of start, and its depth over time.

It reads runs and never changes them. Moving a run in the queue is a verb of `backend.runs`.
"""
