"""Faults: items that cannot be processed and were set aside, and services that failed and were restarted.

One item that cannot be processed never takes its batch, its loop or its process with it. It is stored here with its
object, the cause and the next step, for `taskdeck doctor` and `taskdeck faults`.
"""
