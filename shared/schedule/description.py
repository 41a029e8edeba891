"""A schedule in words."""

from cron_descriptor import CasingTypeEnum, ExpressionDescriptor, FormatError, Options

from shared.schedule.fields import split_fields


def describe(text: str) -> str:
    """Return a sentence in English for a schedule that `CronExpression.parse` accepts."""
    fields = split_fields(text).split()
    if any("H" in field.upper().replace("THU", "").replace("MARCH", "") for field in fields):
        return f"At times spread by the task's name: {text.strip()}"
    if len(fields) == 6:
        # cron_descriptor reads seconds first.
        fields = [fields[5], *fields[:5]]
    options = Options()
    options.use_24hour_time_format = True
    options.casing_type = CasingTypeEnum.Sentence
    try:
        return str(ExpressionDescriptor(" ".join(fields), options).get_description())
    except (FormatError, ValueError, IndexError, KeyError, AttributeError):
        return f"On the schedule {text.strip()}"
