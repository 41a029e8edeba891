"""The connection to a backend: address, tokens, live stream, errors.

It knows HTTP and the keyring, but no view.
"""
