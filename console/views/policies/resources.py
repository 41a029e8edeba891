"""The pages of objects that the views of the policies and of the alerts have."""

from console.views.policies.alert_channels import ALERT_CHANNELS
from console.views.policies.alert_rules import ALERT_RULES
from console.views.policies.backfills import BACKFILLS
from console.views.policies.calendars import CALENDARS
from console.views.policies.concurrency_groups import CONCURRENCY_GROUPS
from console.views.policies.resource import ResourceSpec
from console.views.policies.silences import SILENCES

ALERT_PAGES = ("rules", "channels", "silences")
"""The pages that the view of the alerts has; the others are those of the policies."""

RESOURCES: tuple[ResourceSpec, ...] = (
    CONCURRENCY_GROUPS,
    CALENDARS,
    ALERT_RULES,
    ALERT_CHANNELS,
    SILENCES,
    BACKFILLS,
)
