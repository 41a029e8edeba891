"""What a dependency asks of its upstream task, in words. Pure."""

from console.words import fill, tr
from shared.enums import DependencyCondition, DependencyWindow
from shared.models.task_graph import GraphEdge


def label_lines(edge: GraphEdge) -> tuple[str, ...]:
    """Return what is written on an edge; nothing on the usual one, which asks for the success of the latest run."""
    condition = {
        DependencyCondition.SUCCESS: "",
        DependencyCondition.FAILURE: tr("after failure"),
        DependencyCondition.COMPLETION: tr("after any outcome"),
    }[edge.condition]
    window = tr("whole period") if edge.window is DependencyWindow.PERIOD else ""
    return tuple(filter(None, (condition, window)))


def edge_sentence(edge: GraphEdge, *, upstream: str, task: str) -> str:
    """Return when a task starts, as a sentence with the names of both tasks."""
    if edge.window is DependencyWindow.PERIOD:
        words = {
            DependencyCondition.SUCCESS: tr(
                "%1 runs after all runs of %2 in the period of its schedule have succeeded."
            ),
            DependencyCondition.FAILURE: tr("%1 runs after all runs of %2 in the period of its schedule have failed."),
            DependencyCondition.COMPLETION: tr(
                "%1 runs after all runs of %2 in the period of its schedule have ended, whatever the outcome."
            ),
        }[edge.condition]
    else:
        words = {
            DependencyCondition.SUCCESS: tr("%1 runs after a run of %2 has succeeded."),
            DependencyCondition.FAILURE: tr("%1 runs after a run of %2 has failed."),
            DependencyCondition.COMPLETION: tr("%1 runs after a run of %2 has ended, whatever the outcome."),
        }[edge.condition]
    return fill(words, task, upstream)
