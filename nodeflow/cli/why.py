"""`nodeflow why`: the reasons for which a node would run now, or would not."""

from __future__ import annotations

from collections.abc import Sequence

from nodeflow.cli.output import print_json, report, say
from nodeflow.cli.registry import installed_registry
from nodeflow.cli.settings import apply_settings
from nodeflow.document.edit import with_next_seeds
from nodeflow.document.files import load_workflow
from nodeflow.errors import ExitCode, NodeflowError
from nodeflow.execution.runner import Job, ThreadRunner
from nodeflow.execution.why import Reason, reasons


def explain_node(name: str, node: str, settings: Sequence[str], *, as_json: bool) -> ExitCode:
    """Print what a run would do with a node now, and one short sentence for each cause."""
    runner = ThreadRunner.standard(installed_registry())
    try:
        applied = apply_settings(load_workflow(name), settings, None, runner.registry)
        # Seeds that a run would draw are drawn here too: then they are the reason.
        job = Job(with_next_seeds(applied.workflow), allowed=applied.allowed)
        reason = _reason(runner, job, node)
    except NodeflowError as error:
        return report(error, as_json=as_json)
    finally:
        runner.close()
    if as_json:
        causes = [{"node": cause.node, "input": cause.input, "text": cause.text} for cause in reason.causes]
        print_json({"node": node, "action": reason.action, "causes": causes})
        return ExitCode.DONE
    say(f"{node} would {reason.action}:")
    for cause in reason.causes:
        say(f"- {cause.text}.")
    return ExitCode.DONE


def _reason(runner: ThreadRunner, job: Job, node: str) -> Reason:
    """Why a usual run would do what it does with a node; else what a run up to that node would do."""
    past = runner.history(job.workflow).past()
    found = reasons(runner.plan(job), past)
    if node in found:
        return found[node]
    alone = Job(job.workflow, (node,), allowed=job.allowed)
    return reasons(runner.plan(alone), past)[node]
