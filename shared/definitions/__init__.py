"""Files of definitions: tasks, and the calendars, concurrency groups, channels and alert rules that they refer to."""
