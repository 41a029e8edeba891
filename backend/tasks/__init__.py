"""Tasks: what to run and when.

One file for each verb (create, change, delete, restore, resolve) and for each way to read them.
"""
