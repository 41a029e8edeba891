"""Accounts: users, how they sign in, their tokens, and the keys of repeatable requests.

Grants belong here. Tokens are stored as SHA-256 of random values, passwords as Argon2id hashes.
"""
