"""Widgets that several views share, one a file.

They know models of rows and actions, but no view and no connection's client.
"""
