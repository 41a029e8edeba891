"""The command line: one module for each command, or for each group of commands.

A command parses its options, calls the client, and prints a table, facts or JSON.
"""
