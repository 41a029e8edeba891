"""The tasks: the list with its folders and filters, and the editor of a task.

What a person can do with tasks is in `actions.py`, changes to many of them in `changes.py`.
"""
