"""The measures of `make bench`; `python -m tests.bench NAME …` or `make bench MEASURES="NAME …"` runs some of them.

Each prints a JSON object a line: the measure, its value and unit, and as `limit` what the machine or another program
does without Taskdeck in the same run; for memory, what it was before. `of` names a part of a measure. What is measured
did what it should: a run that failed, a row that is missing or an answer that is wrong ends the measure with an error.

PostgreSQL and RabbitMQ are private ones, or those of TASKDECK_TEST_DATABASE_URL and TASKDECK_TEST_BROKER_URL, whose
virtual host must be empty and of nobody else. `api` needs wrk.

TASKDECK_BENCH_<NAME> sets another size, for a quick try or a larger machine; published figures have the defaults.

| name | measures | sizes with their defaults | takes |
| --- | --- | --- | --- |
| `footprint` | `backend_rss_mb`, `worker_rss_mb`, idle CPU | | 30 s |
| `latency` | `trigger_latency_p50_ms`, `_p99_ms` | | 20 s |
| `bulk` | `bulk_…_5000_s` | | 1 min |
| `drain` | `noop_drain_per_s`, `shell_drain_per_s`, `batch_trigger_runs_per_s` | | 1 min |
| `schedules` | `due_burst_10k_started_s`, hot queries with a million runs | | 3 min |
| `api` | `api_creates_per_s`, `api_triggers_per_s` | API_SECONDS 10 | 1 min |
| `http_drain` | `http_drain_ratio` | HTTP_RUNS 3,000 | 30 s |
| `apply` | `apply_10k_tasks_s` | APPLY_TASKS 10,000 | 1 min |
| `chain` | `chain_hop_ms` | CHAIN_TASKS 40, CHAIN_ROUNDS 5 | 20 s |
| `schedule_lag` | `schedule_lag_p99_ms` | SCHEDULES 100,000, DUE_PER_SECOND 20, SCHEDULE_LAG_SECONDS 60 | 2 min |
| `full_queue` | `…_throughput_ratio` | WAITING_RUNS 1,000,000, FULL_QUEUE_RUNS 30,000, FULL_QUEUE_ROUNDS 3 | 4 min |
| `heartbeats` | `heartbeats_1000_workers_cpu` | WORKERS 1,000, HEARTBEAT_SECONDS 30 | 2 min |
| `log_stream` | `log_stream_mb_per_s` | LOG_MB 200 | 1 min |
| `stream` | `stream_500_readers_…` | READERS 500, STREAMED_RUNS 60 | 1 min |
| `scaling` | `scaling_…_ratio` | SCALING_RUNS 30,000, SCALING_ROUNDS 3 | 5 min |
| `held_snapshot` | `drain_ratio_with_held_snapshot` | SNAPSHOT_SECONDS 120 | 5 min |
| `starts` | `…_ready_s`, `task_list_s` | START_TIMES 7, TASKS 100,000, RUNS 10,000,000 | 1 min |
| `lists` | `api_list_p99_ms` | LIST_REQUESTS 20, LIST_COMBINED_REQUESTS 3, TASKS, RUNS | 10 min |
| `views` | `views_p99_ms` | VIEW_ROUNDS 10, TASKS, RUNS | 3 min |
| `console` | `console_…` | EVENT_SECONDS 30 | 3 min |
| `application` | `application_…`; only by its name, after `make package` | | 1 min |

`make bench-peers` (`peers/`) measures other queues beside Taskdeck, `make bench-schedulers` (`schedulers/`) Airflow and
Prefect.

`starts`, `lists` and `views` share one database, which takes minutes to fill with ten million runs and needs 10 GB.
The durations are estimates for two cores.
"""
