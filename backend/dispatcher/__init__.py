"""The dispatcher: the lead among the replicas, and the loops that the leading replica runs.

A loop decides when to call a verb of an aggregate, publishes what changed and sends what workers must do. Each loop is
one file and one line in `dispatcher.py`.
"""
