"""What backend and console share: the API's contract (models, enums, errors), its client, and schedules.

Imports nothing of ours.
"""
