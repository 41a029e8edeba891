"""Ctrl+K and Shift+F1: every action and every object, found by a few letters.

The actions come from the window and its view.
"""
