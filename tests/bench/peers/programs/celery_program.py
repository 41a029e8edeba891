"""Celery on RabbitMQ, without results or with them in PostgreSQL."""

import os
import sys
import time

from celery import Celery
from counting import BROKER_URL, DATABASE_URL, do

stores_results = bool(os.environ.get("BENCH_RESULTS"))
app = Celery(
    "bench",
    broker=os.environ[BROKER_URL],
    backend="db+" + os.environ[DATABASE_URL].replace("://", "+psycopg://", 1) if stores_results else None,
)
app.conf.update(task_ignore_result=not stores_results, worker_prefetch_multiplier=64, task_default_queue="celery-bench")


@app.task(name="bench.job", acks_late=True)
def job(kind: str) -> None:
    do(kind)


def enqueue(kind: str, jobs: int) -> float:
    """Return the seconds that the jobs take to be enqueued one by one."""
    job.delay(kind)
    began = time.perf_counter()
    for _ in range(jobs - 1):
        job.delay(kind)
    return time.perf_counter() - began


if __name__ == "__main__":
    if sys.argv[1] == "enqueue":
        print(enqueue(sys.argv[2], int(sys.argv[3])))
    elif sys.argv[1] == "work":
        app.worker_main(["worker", "--concurrency", "4", "--loglevel", "error", "--without-gossip", "--without-mingle"])
