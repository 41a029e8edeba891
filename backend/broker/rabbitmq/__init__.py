"""The message queue carried by RabbitMQ 3.8 and later, over AMQP 0-9-1."""

from backend.broker.rabbitmq.queue import RabbitQueue

__all__ = ["RabbitQueue"]
