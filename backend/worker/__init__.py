"""The worker process: takes assignments from the broker, runs commands, and reports how they ended.

It knows the broker and no database. What a plug-in implements is in `executors.contract`.
"""
