"""The flow of Prefect: one command, in the environment that serves it."""

import os
import subprocess

from prefect import flow


@flow(name="bench", log_prints=False)
def bench() -> None:
    subprocess.run(["sh", "-c", os.environ["BENCH_COMMAND"]], check=True)


if __name__ == "__main__":
    bench.serve(name="bench", limit=int(os.environ["BENCH_PARALLEL"]), print_starting_message=False)
