"""Timers of systemd: what they become as tasks, and what tasks become as timers."""
