"""`nodeflow run --dry-run`: what a run would do, and why, without doing it."""

from __future__ import annotations

from collections.abc import Iterator

from nodeflow.cli.output import print_json, say, table
from nodeflow.errors import ExitCode
from nodeflow.execution.plan import Plan


def show_plan(plan: Plan, *, as_json: bool) -> ExitCode:
    """Print one line for each node that a run needs, in order."""
    rows = list(_rows(plan))
    if as_json:
        for node, type_id, action, why in rows:
            print_json({"node": node, "type": type_id, "action": action, "why": why, "key": plan.key(node)})
        return ExitCode.DONE
    table(("node", "type", "would", "because"), rows)
    say(f"{len(plan.runs)} of {len(plan.order)} nodes would run.")
    return ExitCode.DONE


def _rows(plan: Plan) -> Iterator[tuple[str, str, str, str]]:
    for name in plan.order:
        type_id = plan.graph.nodes[name].node.spec.type
        if name in plan.cached:
            yield name, type_id, "be fetched", f"its result lies {_WHERE[plan.cached[name]]}"
        elif name in plan.twins:
            yield name, type_id, "be shared", f"it gives the same as {plan.twins[name]}"
        else:
            reasons = plan.keyer.reasons if plan.keyer else {}
            yield name, type_id, "run", reasons.get(name, "there is no such result yet")


_WHERE = {"memory": "in memory", "disk": "on disk"}
