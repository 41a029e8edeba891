"""The broker on RabbitMQ 3.8 and later, over AMQP 0-9-1."""

from backend.broker.rabbitmq.broker import RabbitBroker

__all__ = ["RabbitBroker"]
