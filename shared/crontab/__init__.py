"""Crontabs as tasks: what cronie's crontab(5) says of each line, and which task the line becomes.

`parse` is the entry: `syntax` reads lines, `kind` decides whether they name users, `naming` names the tasks.
"""
