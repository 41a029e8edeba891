"""Which rule each route has, and what each rule answers to each caller: the tables of the permission matrix."""

from enum import StrEnum

from shared.enums import Permission, Role

CALLERS: dict[str, tuple[Role, Permission | None] | None] = {
    "anonymous": None,
    "member": (Role.MEMBER, None),
    "reads": (Role.MEMBER, Permission.READ),
    "runs": (Role.MEMBER, Permission.RUN),
    "edits": (Role.MEMBER, Permission.EDIT),
    "admins": (Role.MEMBER, Permission.ADMIN),
    "viewer": (Role.VIEWER, None),
    "viewer+run": (Role.VIEWER, Permission.RUN),
    "operator": (Role.OPERATOR, None),
    "admin": (Role.ADMIN, None),
}
"""The role, and the permission that is granted in the folder `granted`."""


class Place(StrEnum):
    """Where the task of a case is; nothing is nowhere, so that its ids do not exist."""

    GRANTED = "granted/below"
    OTHER = "other"
    NOWHERE = "nowhere"


STORED = (Place.GRANTED, Place.OTHER)


EXPECTED = """
rule      place     anonymous member reads runs edits admins viewer viewer+run operator admin
public    granted   ok        ok     ok    ok   ok    ok     ok     ok         ok       ok
signed    granted   401       ok     ok    ok   ok    ok     ok     ok         ok       ok
list      granted   401       none   ok    ok   ok    ok     ok     ok         ok       ok
list      other     401       none   none  none none  none   ok     ok         ok       ok
read      granted   401       404    ok    ok   ok    ok     ok     ok         ok       ok
read      other     401       404    404   404  404   404    ok     ok         ok       ok
read      nowhere   401       404    404   404  404   404    404    404        404      404
run       granted   401       404    403   ok   ok    ok     403    ok         ok       ok
run       other     401       404    404   404  404   404    403    403        ok       ok
run       nowhere   401       404    404   404  404   404    403    404        404      404
edit      granted   401       404    403   403  ok    ok     403    403        ok       ok
edit      other     401       404    404   404  404   404    403    403        ok       ok
edit      nowhere   401       404    404   404  404   404    403    403        404      404
each      granted   401       none   403   ok   ok    ok     403    ok         ok       ok
each      other     401       none   none  none none  none   403    403        ok       ok
each      nowhere   401       none   none  none none  none   403    none       none     none
bulk_edit granted   401       none   only only ok    ok     403    only       ok       ok
bulk_edit other     401       none   none none none  none   403    only       ok       ok
bulk_edit nowhere   401       none   none none none  none   403    none       none     none
bulk_end  granted   401       none   none none ok    ok     403    none       ok       ok
bulk_end  other     401       none   none none none  none   403    none       ok       ok
bulk_end  nowhere   401       none   none none none  none   403    none       none     none
bulk_run  granted   401       none   only ok   ok    ok     403    ok         ok       ok
bulk_run  other     401       none   none none none  none   403    only       ok       ok
bulk_run  nowhere   401       none   none none none  none   403    none       none     none
batch     granted   401       422    403   ok   ok    ok     403    ok         ok       ok
batch     other     401       422    422   422  422   422    403    403        ok       ok
batch     nowhere   401       422    422   422  422   422    403    422        422      422
create    granted   401       403    403   403  ok    ok     403    403        ok       ok
create    other     401       403    403   403  403   403    403    403        ok       ok
grant     granted   401       403    403   403  403   ok     403    403        403      ok
grant     other     401       403    403   403  403   403    403    403        403      ok
ungrant   granted   401       404    404   404  404   ok     403    403        403      ok
ungrant   other     401       404    404   404  404   404    403    403        403      ok
ungrant   nowhere   401       404    404   404  404   404    403    403        403      404
grants    granted   401       none   none  none none  ok     none   none       none     ok
grants    other     401       none   none  none none  none   none   none       none     ok
secrets   granted   401       none   none  none ok    ok     none   none       ok       ok
secrets   other     401       none   none  none none  none   none   none       ok       ok
viewer    granted   401       403    403   403  403   403    ok     ok         ok       ok
operator  granted   401       403    403   403  403   403    403    403        ok       ok
admin     granted   401       403    403   403  403   403    403    403        403      ok
"""
"""`ok` is neither a refusal nor, for what is in a folder, anything but a success. `none` is a success that shows
nothing of the task; `only` counts it as not permitted; every other answer without `ok` shows nothing of it either. What
is hidden gets the answer of what is nowhere."""

ROUTES = """
GET    /health                                public
GET    /ready                                 public
GET    /metrics                               public
GET    /setup                                 public
GET    /docs                                  public
GET    /redoc                                 public
GET    /docs/{name}                           public
POST   /api/auth/login                        public
POST   /api/auth/refresh                      public
POST   /api/auth/logout                       public
POST   /api/auth/setup                        public
GET    /api/auth/methods                      public
GET    /api/auth/oidc/start                   public
GET    /api/auth/oidc/callback                public
POST   /api/auth/oidc/token                   public
GET    /api/auth/me                           signed
POST   /api/auth/password                     signed
GET    /api/tokens                            signed
POST   /api/tokens                            signed
DELETE /api/tokens/{token_id}                 signed
GET    /api/users                             admin
POST   /api/users                             admin
PATCH  /api/users/{user_id}                   admin
DELETE /api/users/{user_id}                   admin
GET    /api/signing-keys                      admin
POST   /api/signing-keys/rotate               admin
GET    /api/grants                            grants
POST   /api/grants                            grant
DELETE /api/grants/{grant_id}                 ungrant
GET    /api/tasks                             list
GET    /api/tasks/count                       list
GET    /api/tasks/folders                     list
GET    /api/tasks/recent-outcomes             list
GET    /api/tasks/graph                       list
GET    /api/tasks/graph#task                  read
POST   /api/tasks                             create
POST   /api/tasks/apply                       create
POST   /api/definitions/apply                 create
POST   /api/definitions/apply#group           operator
POST   /api/definitions/apply#channel         admin
POST   /api/tasks/bulk                        bulk_edit
POST   /api/tasks/bulk#filter                 bulk_edit
POST   /api/tasks/bulk#undo                   bulk_edit
POST   /api/tasks/bulk#delete                 bulk_edit
POST   /api/tasks/bulk#run                    bulk_run
POST   /api/test-runs                         create
GET    /api/tasks/{task_id}                   read
PUT    /api/tasks/{task_id}                   edit
PATCH  /api/tasks/{task_id}                   edit
DELETE /api/tasks/{task_id}                   edit
POST   /api/tasks/{task_id}/trigger           run
POST   /api/tasks/{task_id}/pause             edit
POST   /api/tasks/{task_id}/resume            edit
GET    /api/tasks/{task_id}/runs              read
GET    /api/tasks/{task_id}/upcoming          read
GET    /api/tasks/{task_id}/versions          read
GET    /api/tasks/{task_id}/versions/{version} read
GET    /api/tasks/{task_id}/diff              read
POST   /api/tasks/{task_id}/restore           edit
POST   /api/tasks/{task_id}/backfill          run
GET    /api/backfills                         list
GET    /api/backfills/{backfill_id}           read
POST   /api/backfills/{backfill_id}/cancel    run
GET    /api/agenda                            list
GET    /api/agenda/entries                    list
GET    /api/queue                             list
GET    /api/queue#task                        list
GET    /api/queue#tasks                       list
GET    /api/queue#busy                        list
GET    /api/queue#name                        list
GET    /api/queue/tasks                       list
GET    /api/queue/tasks#name                  list
GET    /api/runs                              list
GET    /api/runs#name                         list
POST   /api/runs/batch                        batch
POST   /api/runs/bulk                         bulk_run
POST   /api/runs/bulk#filter                  bulk_run
POST   /api/runs/bulk#queue                   bulk_run
POST   /api/runs/bulk#tasks                   bulk_run
POST   /api/runs/cancel                       each
POST   /api/runs/priority                     each
POST   /api/runs/start-now                    each
GET    /api/runs/{run_id}                     read
GET    /api/runs/{run_id}/attempts            read
GET    /api/runs/{run_id}/inputs              read
GET    /api/runs/{run_id}/beside              read
GET    /api/runs/{run_id}/resources           read
GET    /api/runs/{run_id}/logs                read
GET    /api/runs/{run_id}/logs/follow         read
POST   /api/runs/{run_id}/cancel              run
POST   /api/runs/{run_id}/retry               run
POST   /api/runs/{run_id}/priority            run
POST   /api/runs/{run_id}/start-now           run
GET    /api/alerts                            list
GET    /api/alerts/rules                      list
PUT    /api/alerts/rules/{name}               operator
DELETE /api/alerts/rules/{name}               operator
GET    /api/alerts/channels                   viewer
PUT    /api/alerts/channels/{name}            admin
DELETE /api/alerts/channels/{name}            admin
POST   /api/alerts/channels/{name}/test       admin
POST   /api/alerts/drill                      admin
GET    /api/alerts/silences                   list
POST   /api/alerts/silences                   create
POST   /api/alerts/silences#task              edit
POST   /api/alerts/bulk                       bulk_run
POST   /api/alerts/silences/bulk              bulk_edit
POST   /api/alerts/silences/bulk#end          bulk_end
POST   /api/alerts/silences/bulk#folder       bulk_end
DELETE /api/alerts/silences/{silence_id}      edit
DELETE /api/alerts/silences/{silence_id}#task edit
GET    /api/system/faults                     list
POST   /api/system/faults/retry               operator
GET    /api/system/dead-letters               operator
POST   /api/system/dead-letters/requeue       admin
POST   /api/system/dead-letters/discard       admin
GET    /api/secrets                           secrets
PUT    /api/secrets/{name}                    grant
DELETE /api/secrets/{name}                    grant
GET    /api/secret-keys                       admin
POST   /api/secret-keys/rotate                admin
GET    /api/system/info                       signed
GET    /api/system/executors                  signed
GET    /api/system/dispatcher                 signed
GET    /api/system/stats                      list
GET    /api/system/queues                     list
GET    /api/system/queues/history             viewer
GET    /api/system/throughput                 viewer
GET    /api/system/workers/history            viewer
POST   /api/schedules/preview                 signed
GET    /api/stream                            signed
GET    /api/audit                             viewer
GET    /api/events                            viewer
GET    /api/audit/export                      admin
GET    /api/calendars                         signed
GET    /api/calendars/{name}                  signed
PUT    /api/calendars/{name}                  operator
DELETE /api/calendars/{name}                  operator
GET    /api/concurrency-groups                signed
GET    /api/concurrency-groups/{name}         signed
PUT    /api/concurrency-groups/{name}         operator
DELETE /api/concurrency-groups/{name}         operator
GET    /api/workers                           viewer
GET    /api/workers/keys                      viewer
GET    /api/workers/{worker_id}               viewer
POST   /api/workers/{worker_id}/drain         operator
POST   /api/workers/{worker_id}/resume        operator
POST   /api/workers/{worker_id}/key           admin
DELETE /api/workers/{worker_id}/key           admin
DELETE /api/workers/{worker_id}               operator
"""


VARIANT = "#"
"""Begins the end of a path that is asked a second time: about one task, or about what has a name."""


def routes() -> dict[tuple[str, str], str]:
    """Return the rule of each route, by method and path."""
    rows = (line.split() for line in ROUTES.strip().splitlines())
    return {(method, path): rule for method, path, rule in rows}


def expectations() -> dict[str, dict[Place, dict[str, str]]]:
    """Return what each rule answers, by place and caller."""
    heads, *rows = (line.split() for line in EXPECTED.strip().splitlines())
    assert heads[2:] == list(CALLERS)
    found: dict[str, dict[Place, dict[str, str]]] = {}
    for rule, place, *answers in rows:
        found.setdefault(rule, {})[Place[place.upper()]] = dict(zip(CALLERS, answers, strict=True))
    return found
