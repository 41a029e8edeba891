"""Events and wakes: what happened, published on the broker and in the live stream, and what wakes the loops.

It knows no aggregate: callers pass encoded events, reasons and ids.
"""
