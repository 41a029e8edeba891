"""Messages and their transport: the protocol, RabbitMQ and the in-process broker.

What a message means belongs to the aggregate that handles it.
"""
