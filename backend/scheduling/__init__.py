"""When tasks are due: occurrences, calendars, backfills, and the agenda of what ran and what will run.

It knows the schedule of a task and nothing else of it; `backend.tasks` is above.
"""
