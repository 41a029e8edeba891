"""The audit log: who did what to which object.

Words for actions and objects are in `model.py`.
"""
