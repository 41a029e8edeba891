"""Runs: their states, the verbs that change them and what decides about them.

SQL on runs belongs here, beside the verb that uses it. Everything that creates or ends a run calls these modules.
"""
