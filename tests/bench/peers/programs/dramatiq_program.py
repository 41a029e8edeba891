"""Dramatiq on RabbitMQ: two processes of eight threads."""

import os
import sys
import time
from pathlib import Path

import dramatiq
from counting import BROKER_URL, do
from dramatiq.brokers.rabbitmq import RabbitmqBroker

broker = RabbitmqBroker(url=os.environ[BROKER_URL])
dramatiq.set_broker(broker)


@dramatiq.actor(queue_name="dramatiq-bench")
def job(kind: str) -> None:
    do(kind)


def enqueue(kind: str, jobs: int) -> float:
    """Return the seconds that the jobs take to be enqueued one by one."""
    job.send(kind)
    began = time.perf_counter()
    for _ in range(jobs - 1):
        job.send(kind)
    return time.perf_counter() - began


if __name__ == "__main__":
    if sys.argv[1] == "enqueue":
        print(enqueue(sys.argv[2], int(sys.argv[3])))
    elif sys.argv[1] == "work":
        command = str(Path(sys.executable).with_name("dramatiq"))
        os.execv(command, [command, "dramatiq_program", "--processes", "2", "--threads", "8"])
