"""An example of each body, by operation; those with several are beside their route."""

from collections.abc import Mapping
from typing import Any

_TASK: Mapping[str, Any] = {
    "name": "nightly-backup",
    "folder": "ops/backup",
    "command": "/opt/backup/run.sh --full",
    "schedule": "0 3 * * *",
    "timezone": "Europe/Berlin",
    "retry_count": 2,
    "timeout_seconds": 1800,
    "labels": {"team": "ops"},
}
_WORDS = "correct horse battery staple"
"""Stands for a password."""

BODIES: Mapping[str, Any] = {
    "POST /api/tasks": _TASK,
    "PUT /api/tasks/{task_id}": _TASK,
    "PATCH /api/tasks/{task_id}": {"schedule": "30 3 * * *", "priority": "high"},
    "POST /api/tasks/apply": {"tasks": [_TASK], "dry_run": True},
    "POST /api/definitions/apply": {
        "calendars": [{"name": "holidays", "dates": ["2026-12-25"]}],
        "tasks": [{**_TASK, "calendar": "holidays"}],
        "dry_run": True,
    },
    "POST /api/tasks/{task_id}/trigger": {"priority": "high", "arguments": ["--verbose"]},
    "POST /api/tasks/{task_id}/restore": {"version": 3},
    "POST /api/tasks/{task_id}/backfill": {
        "since": "2026-03-01T00:00:00Z",
        "until": "2026-03-08T00:00:00Z",
        "max_concurrency": 2,
        "dry_run": True,
    },
    "POST /api/test-runs": _TASK,
    "POST /api/runs/batch": {"runs": [{"task_id": 12}, {"task_id": 13, "arguments": ["--verbose"]}]},
    "POST /api/runs/cancel": {"run_ids": [4711, 4712]},
    "POST /api/runs/priority": {"run_ids": [4711, 4712], "priority": "high"},
    "POST /api/runs/start-now": {"run_ids": [4711]},
    "POST /api/runs/{run_id}/priority": {"priority": "high"},
    "POST /api/runs/{run_id}/retry": {"definition": "current"},
    "PUT /api/calendars/{name}": {"description": "No business", "dates": ["2026-12-25", "2026-12-26"]},
    "PUT /api/concurrency-groups/{name}": {"description": "The reporting database", "max_concurrency": 2},
    "PUT /api/alerts/channels/{name}": {"kind": "webhook", "url": "https://hooks.example.org/taskdeck"},
    "PUT /api/alerts/rules/{name}": {"conditions": ["failure"], "folder": "ops", "channels": ["console"]},
    "POST /api/alerts/silences": {"folder": "ops", "ends_at": "2030-03-01T06:00:00Z", "reason": "Maintenance"},
    "POST /api/schedules/preview": {"schedule": "0 3 * * 1-5", "timezone": "Europe/Berlin", "count": 5},
    "POST /api/system/dead-letters/requeue": {"ids": None},
    "POST /api/system/dead-letters/discard": {"ids": None},
    "POST /api/system/faults/retry": {"ids": [3]},
    "PUT /api/secrets/{name}": {"value": _WORDS, "folder": "ops"},
    "POST /api/auth/login": {"username": "ann", "password": _WORDS},
    "POST /api/auth/refresh": {"refresh_token": "of the last sign-in or refresh"},
    "POST /api/auth/logout": {"refresh_token": "of the last sign-in or refresh", "everywhere": False},
    "POST /api/auth/setup": {"setup_token": "of the printed link", "username": "admin", "password": _WORDS},
    "POST /api/auth/password": {"current_password": _WORDS, "new_password": f"a new {_WORDS}"},
    "POST /api/auth/oidc/token": {"code": "of the address that the browser was sent to", "code_verifier": "v" * 43},
    "POST /api/users": {"username": "ann", "password": _WORDS, "role": "operator"},
    "PATCH /api/users/{user_id}": {"role": "viewer"},
    "POST /api/tokens": {"name": "deploy-script", "scope": "edit", "expires_at": "2030-03-01T00:00:00Z"},
    "POST /api/signing-keys/rotate": {"revoke": False},
    "POST /api/grants": {"user": "ann", "folder": "finance", "permission": "run"},
}
