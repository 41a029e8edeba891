"""Who learns of a task's failures: the person at this desktop, and the channels of the rules that apply."""

from collections.abc import Mapping, Sequence

from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from console.views.alerts.words import condition_words
from console.widgets.surfaces import label
from console.words import enumeration, tr
from shared.models.alert import AlertCondition, Rule


def rules_for(rules: Sequence[Rule], *, folder: str, labels: Mapping[str, str]) -> list[Rule]:
    """Return the rules in use that are about a task of this folder and these labels."""
    return [
        rule
        for rule in rules
        if rule.enabled
        and set(rule.conditions) != {AlertCondition.FAULT}
        and (not rule.folder or f"{folder}/".startswith(f"{rule.folder}/"))
        and rule.labels.items() <= labels.items()
    ]


def rule_words(rule: Rule) -> str:
    """Return what a rule does, such as `all-failures: failure → chat, mail`."""
    conditions = enumeration(condition_words(one) for one in rule.conditions if one is not AlertCondition.FAULT)
    return tr("%1: %2 → %3", rule.name, conditions, enumeration(rule.channels))


class Notifications(QWidget):
    """A check box for oneself, above the alert rules that apply."""

    def __init__(self, rules: Sequence[Rule], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rules = rules
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.subscribed = QCheckBox(tr("Notify me on this desktop when a run fails"))
        column.addWidget(self.subscribed)
        column.addSpacing(4)
        column.addWidget(label(tr("Alert rules that apply"), "cardTitle"))
        self.words = label("")
        self.words.setWordWrap(True)
        column.addWidget(self.words)

    def show_rules(self, *, folder: str, labels: Mapping[str, str]) -> None:
        """Show the rules for a task of this folder and these labels."""
        found = rules_for(self._rules, folder=folder, labels=labels)
        self.words.setText(
            "\n".join(map(rule_words, found))
            if found
            else tr("No alert rule applies to this task. Alert rules send failures to channels; see Alerts.")
        )
