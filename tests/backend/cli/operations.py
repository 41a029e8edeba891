"""Which command does what each operation of the API does, or why none does."""

COMMANDS = """
POST   /api/auth/login                          login
POST   /api/auth/logout                         logout
GET    /api/auth/methods                        login
GET    /api/auth/me                             grant mine
POST   /api/auth/password                       user password
GET    /api/tokens                              token list
POST   /api/tokens                              token create
DELETE /api/tokens/{token_id}                   token delete
GET    /api/users                               user list
POST   /api/users                               user create
PATCH  /api/users/{user_id}                     user role
DELETE /api/users/{user_id}                     user delete
GET    /api/signing-keys                        signing-key list
POST   /api/signing-keys/rotate                 signing-key rotate
GET    /api/grants                              grant list
POST   /api/grants                              grant add
DELETE /api/grants/{grant_id}                   grant remove
GET    /api/tasks                               task list
GET    /api/tasks/count                         task count
GET    /api/tasks/folders                       task folders
GET    /api/tasks/recent-outcomes               task outcomes
GET    /api/tasks/graph                         graph
POST   /api/tasks                               task create
POST   /api/definitions/apply                   apply
POST   /api/tasks/bulk                          task pause
POST   /api/test-runs                           task test
GET    /api/tasks/{task_id}                     task show
PATCH  /api/tasks/{task_id}                     task edit
DELETE /api/tasks/{task_id}                     task delete
POST   /api/tasks/{task_id}/trigger             task trigger
POST   /api/tasks/{task_id}/pause               task pause
POST   /api/tasks/{task_id}/resume              task resume
GET    /api/tasks/{task_id}/upcoming            task show
GET    /api/tasks/{task_id}/versions            task versions
GET    /api/tasks/{task_id}/diff                task diff
POST   /api/tasks/{task_id}/restore             task restore
POST   /api/tasks/{task_id}/backfill            backfill start
GET    /api/backfills                           backfill list
GET    /api/backfills/{backfill_id}             backfill show
POST   /api/backfills/{backfill_id}/cancel      backfill cancel
GET    /api/agenda                              agenda
GET    /api/agenda/entries                      agenda
GET    /api/queue                               queue list
GET    /api/queue/tasks                         queue tasks
GET    /api/runs                                run list
POST   /api/runs/batch                          run batch
POST   /api/runs/bulk                           run cancel
POST   /api/runs/priority                       run priority
POST   /api/runs/start-now                      run start-now
GET    /api/runs/{run_id}                       run show
GET    /api/runs/{run_id}/attempts              run show
GET    /api/runs/{run_id}/inputs                run inputs
GET    /api/runs/{run_id}/beside                run beside
GET    /api/runs/{run_id}/resources             run show
GET    /api/runs/{run_id}/logs                  run logs
GET    /api/runs/{run_id}/logs/follow           run logs
POST   /api/runs/{run_id}/cancel                run cancel
POST   /api/runs/{run_id}/retry                 run retry
GET    /api/alerts                              alert list
GET    /api/alerts/rules                        alert rule list
PUT    /api/alerts/rules/{name}                 alert rule set
DELETE /api/alerts/rules/{name}                 alert rule delete
GET    /api/alerts/channels                     alert channel list
PUT    /api/alerts/channels/{name}              alert channel set
DELETE /api/alerts/channels/{name}              alert channel delete
POST   /api/alerts/channels/{name}/test         alert channel test
POST   /api/alerts/drill                        alert drill
GET    /api/alerts/silences                     alert silence list
POST   /api/alerts/silences                     alert silence add
POST   /api/alerts/bulk                         alert acknowledge
POST   /api/alerts/silences/bulk                alert silence add
DELETE /api/alerts/silences/{silence_id}        alert silence end
GET    /api/system/faults                       faults list
POST   /api/system/faults/retry                 faults retry
GET    /api/system/dead-letters                 dead-letters list
POST   /api/system/dead-letters/requeue         dead-letters requeue
POST   /api/system/dead-letters/discard         dead-letters discard
GET    /api/secrets                             secret list
PUT    /api/secrets/{name}                      secret set
DELETE /api/secrets/{name}                      secret delete
GET    /api/secret-keys                         secret-key list
POST   /api/secret-keys/rotate                  secret-key rotate
GET    /api/system/info                         system info
GET    /api/system/executors                    system executors
GET    /api/system/dispatcher                   system info
GET    /api/system/stats                        system stats
GET    /api/system/queues                       system queues
GET    /api/system/queues/history               system history queue
GET    /api/system/throughput                   system history throughput
GET    /api/system/workers/history              system history workers
POST   /api/schedules/preview                   preview
GET    /api/stream                              events
GET    /api/audit                               audit list
GET    /api/audit/export                        audit export
GET    /api/calendars                           calendar list
GET    /api/calendars/{name}                    calendar show
PUT    /api/calendars/{name}                    calendar set
DELETE /api/calendars/{name}                    calendar delete
GET    /api/concurrency-groups                  concurrency-group list
GET    /api/concurrency-groups/{name}           concurrency-group show
PUT    /api/concurrency-groups/{name}           concurrency-group set
DELETE /api/concurrency-groups/{name}           concurrency-group delete
GET    /api/workers                             worker list
GET    /api/workers/keys                        worker list
GET    /api/workers/{worker_id}                 worker show
POST   /api/workers/{worker_id}/drain           worker drain
POST   /api/workers/{worker_id}/resume          worker resume
POST   /api/workers/{worker_id}/key             worker enroll
DELETE /api/workers/{worker_id}/key             worker revoke
DELETE /api/workers/{worker_id}                 worker delete
GET    /ready                                   doctor
"""

REASONS = {
    "GET /health": "for what watches the process; doctor asks /ready",
    "GET /metrics": "for Prometheus",
    "GET /setup": "a page for a browser",
    "POST /api/auth/setup": "behind that page; on a server TASKDECK_ADMIN_PASSWORD_FILE does it",
    "POST /api/auth/refresh": "every command does it when its token has expired",
    "GET /api/auth/oidc/start": "the browser that login --sso opens",
    "GET /api/auth/oidc/callback": "the provider's answer to the browser",
    "POST /api/auth/oidc/token": "login --sso, through shared/client/browser_sign_in.py",
    "POST /api/tasks/apply": "apply does more, by /api/definitions/apply",
    "PUT /api/tasks/{task_id}": "task edit changes the given fields by PATCH; all of them are given in its editor",
    "GET /api/tasks/{task_id}/runs": "run list --task does the same",
    "GET /api/tasks/{task_id}/versions/{version}": "task versions --json has the definition of each",
    "POST /api/runs/cancel": "run cancel does the same by its own route or /api/runs/bulk",
    "POST /api/runs/{run_id}/priority": "run priority does the same for one or more runs",
    "POST /api/runs/{run_id}/start-now": "run start-now does the same for one or more runs",
    "GET /api/events": "another name of /api/audit",
}


def commands() -> dict[str, str]:
    """Return the words of a command by operation, such as `GET /api/tasks`."""
    lines = [line.split() for line in COMMANDS.strip().splitlines()]
    return {f"{method} {path}": " ".join(words) for method, path, *words in lines}
