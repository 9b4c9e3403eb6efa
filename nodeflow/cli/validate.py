"""`nodeflow validate`: every problem of a workflow, without running it."""

from __future__ import annotations

from collections.abc import Sequence

from nodeflow.cli.output import print_json, report, say
from nodeflow.cli.registry import installed_registry
from nodeflow.cli.settings import apply_settings
from nodeflow.document.files import load_workflow
from nodeflow.errors import ExitCode, InvalidWorkflow, NodeflowError, Problem
from nodeflow.execution.runner import Job, ThreadRunner


def validate_workflow(name: str, settings: Sequence[str], as_json: bool) -> ExitCode:
    """Check format, nodes, links, values and the presence of files; return the exit code."""
    runner = ThreadRunner(installed_registry())
    try:
        applied = apply_settings(load_workflow(name), settings, None, runner.registry)
        plan = runner.plan(Job(applied.workflow, allowed=applied.allowed))
        faults = [*plan.graph.problems, *map(Problem.of, plan.missing.values())]
        if faults:
            raise InvalidWorkflow(list(dict.fromkeys(faults)))
    except NodeflowError as error:
        return report(error, as_json=as_json)
    if as_json:
        print_json({"event": "valid", "nodes": len(plan.graph.nodes), "runs": list(plan.order)})
    else:
        say(f"{applied.workflow.title}: valid, {len(plan.graph.nodes)} nodes")
    return ExitCode.DONE
