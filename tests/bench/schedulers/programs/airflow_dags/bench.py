"""The DAG of Airflow: one BashOperator."""

import os

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

RUNS = int(os.environ["BENCH_PARALLEL"])

with DAG(dag_id="bench", schedule=None, max_active_runs=RUNS, max_active_tasks=RUNS):
    BashOperator(task_id="command", bash_command=os.environ["BENCH_COMMAND"])
