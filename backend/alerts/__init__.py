"""Alerts: which conditions raise one, how alerts are grouped, and how they reach people.

Decisions (`grouping`, `evaluation`, `words`, `formats`, `pausing`, `delivery_delay`) are pure.
"""
