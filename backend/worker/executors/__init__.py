"""The ways to run a command, one module each, and the contract that plug-ins implement too.

Registered by entry points in the group `taskdeck.executors`.
"""
