"""The pages of the window: a folder each, with `model.py`, `view.py` and `actions.py`.

What all of them share is here: the base classes of views and lists, and the live list.
"""
