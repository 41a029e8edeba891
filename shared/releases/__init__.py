"""Whether there is a newer version: one signed file is read from an address. Nothing is sent, and nothing is updated.

The file is a signature of minisign whose trusted comment announces the newest version:

    minisign -S -m SHA256SUMS -t "taskdeck 0.2.0 2026-11-30"

Its author is known by the key. An attacker who serves it can hide a newer version, but can announce none, and cannot
return to one that is older than what this machine has seen.
"""
