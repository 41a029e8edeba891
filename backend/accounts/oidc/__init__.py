"""Sign-in with OpenID Connect: the provider says who somebody is, and which groups they are in.

The backend is the provider's client. The console and the command line are clients of the backend: they open the
browser, and receive a code of the backend at a port of their own machine.
"""
