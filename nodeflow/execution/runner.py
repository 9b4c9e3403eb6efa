"""The simplest runner: a thread of this process."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, is_dataclass, replace
from functools import partial
from importlib.metadata import entry_points
from typing import Any

from nodeflow.backends import Backend
from nodeflow.backends.by_model import ByModel
from nodeflow.cache import ResultCache, open_cache
from nodeflow.cache.history import History
from nodeflow.document.files import dump_workflow
from nodeflow.document.model import Workflow
from nodeflow.errors import NodeflowError, one_line
from nodeflow.execution.call import Outputs
from nodeflow.execution.executor import Executor
from nodeflow.execution.forecast import Forecast, forecast
from nodeflow.execution.history import WorkflowHistory
from nodeflow.execution.job import Job, Runner
from nodeflow.execution.look import Look, look_at, texts_of
from nodeflow.execution.plan import Machine, Plan, make_plan
from nodeflow.execution.questions import Questions
from nodeflow.execution.run import Run
from nodeflow.execution.settling import Choices, settle
from nodeflow.execution.workflow_files import WorkflowFiles
from nodeflow.files import Digests
from nodeflow.files.digests import Progress
from nodeflow.folders import Folders
from nodeflow.graph import Graph
from nodeflow.graph.origin import origin
from nodeflow.graph.source import Constant, Wire
from nodeflow.hardware import Arrangement, HardwareProfile, Wishes, detect, machine, report
from nodeflow.keys import Keyer, KnownDigests, ReadDigests
from nodeflow.node.registry import NodeTypes, Registry
from nodeflow.node.spec import NodeKind
from nodeflow.pictures import Delivery
from nodeflow.settings import CacheSettings, read_settings

__all__ = ["Job", "Runner", "ThreadRunner", "load_backend"]


@dataclass
class ThreadRunner:
    """Runs jobs on a background thread of this process, one backend for all of them.

    Attributes:
        registry: The node types; by default all that are installed.
        folders: Where models and pictures are.
        backend: The backend to use, or the name of an installed one, which is loaded when first needed; then
            models that are exported to ONNX get theirs.
        cache: Where results are kept and found again; None: nowhere.
        wishes: What the user's settings want of quality, device and memory.
        profile: The machine; None: this one, looked at for every job, since free memory changes.
    """

    registry: Registry = field(default_factory=Registry.installed)
    folders: Folders = field(default_factory=Folders.from_environment)
    backend: Backend | str = "torch"
    cache: ResultCache | None = None
    wishes: Wishes = field(default_factory=Wishes)
    profile: HardwareProfile | None = None
    _caching: CacheSettings = field(default_factory=CacheSettings, init=False, repr=False)
    _loaded: Backend | None = field(default=None, init=False, repr=False)
    _loading: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)
    _questions: Questions = field(default_factory=Questions, init=False, repr=False)

    @classmethod
    def standard(cls, registry: Registry | None = None, *, cached: bool = True) -> ThreadRunner:
        """A runner with the user's folders and, if `cached`, the cache that all his programs share."""
        folders = Folders.from_environment()
        settings = read_settings(folders)
        runner = cls(registry or Registry.installed(), folders, wishes=settings.wishes())
        if cached:
            runner._open_cache(settings.cache)
        return runner

    def _open_cache(self, sizes: CacheSettings) -> None:
        types = {spec.socket.type for node in self.registry for spec in node.spec.outputs}
        self._caching = sizes
        self.cache = open_cache(
            self.folders,
            memory_bytes=sizes.memory,
            disk_bytes=sizes.disk,
            classes=filter(is_dataclass, types),
        )

    def graph(self, workflow: Workflow) -> Graph:
        """The workflow bound to the installed node types."""
        return Graph.build(workflow, self.registry)

    def plan(self, job: Job, read: Progress | None = None) -> Plan:
        """Say what a job will do; reads no weights and runs nothing but light nodes.

        Args:
            job: What to run.
            read: Told bytes done and in all while files are digested that nobody has read before; None: they
                are not, and nodes that depend on them have no key yet.

        Raises:
            InvalidWorkflow: With every problem of the workflow.
        """
        files = self._files(job)
        own_wishes = job.workflow.run.wishes() if job.workflow.run else Wishes()
        wishes = job.wishes.over(own_wishes).over(self.wishes)
        on = Machine(self.profile or machine(self.folders.cache), wishes)
        keyer = self._keyer(files, read)
        graph, _ = self._settle(job, files)
        return make_plan(graph, job.targets, files, keyer, self.cache, machine=on)

    def _files(self, job: Job) -> WorkflowFiles:
        own = (job.workflow.path.parent,) if job.workflow.path else ()
        digests = {name: used.digest for name, used in job.workflow.models.items()}
        return WorkflowFiles(self.folders, (*own, *job.allowed), digests)

    def _settle(self, job: Job, files: WorkflowFiles) -> tuple[Graph, Choices]:
        """The workflow with all its switches decided, and what those chose whose choice is linked."""
        held = self._held(job.workflow)
        return settle(lambda choices: Graph.build(job.workflow, self.registry, held, choices), files)

    def _held(self, workflow: Workflow) -> Collection[str]:
        """The keys of frozen results that are at hand."""
        keys = workflow.frozen
        return self.cache.where_many(keys) if self.cache is not None and keys else ()

    def _keyer(self, files: WorkflowFiles, read: Progress | None) -> Keyer | None:
        if self.cache is None:
            return None
        digests = Digests(self.folders.cache)
        known = KnownDigests(digests) if read is None else ReadDigests(digests, read)
        name = self.backend if isinstance(self.backend, str) else self.backend.name
        return Keyer(known, {"backend": name}, files)

    def start(self, job: Job, run: Run | None = None) -> Run:
        """Plan a job and begin it.

        Args:
            job: What to run.
            run: The handle to use; None: a new one.

        Raises:
            InvalidWorkflow: With every problem of the workflow.
        """
        return self.execute(self.plan(job), job, run)

    def execute(self, plan: Plan, job: Job, run: Run | None = None) -> Run:
        """Begin a job that is planned already."""
        title = job.workflow.title
        delivery = Delivery(job.output or self.folders.output, title, dump_workflow(job.workflow))
        if any(plan.graph.nodes[name].node.spec.kind is NodeKind.SINK for name in plan.order):
            delivery.prepare()
        replan = partial(self.plan, job)
        backend = partial(self._get_backend, plan.arrangement)
        history = self.history(job.workflow) if self.cache is not None else None
        cache = self.cache
        executor = Executor(
            plan, backend, delivery, title, cache=cache, replan=replan, history=history, run=run
        )
        executor.run.interactive = job.interactive
        return executor.start()

    def history(self, workflow: Workflow) -> WorkflowHistory:
        """What earlier runs of a workflow did."""
        return WorkflowHistory(History(self.folders.cache), workflow)

    def forecast(self, job: Job) -> Future[Forecast]:
        """Say what a job will do."""

        def answer() -> Forecast:
            plan = self.plan(job)
            return forecast(plan, self.history(job.workflow) if self.cache is not None else None)

        return self._questions.ask_newest(answer)

    def look(self, job: Job, output: str, side: int = 0) -> Future[Look | None]:
        """Show what a wire carries, if it is at hand.

        Args:
            job: The workflow.
            output: The wire's beginning: `node.output`.
            side: Longest side of its pictures in pixels; 0: none are made, and it is described in one line.
        """

        def answer() -> Look | None:
            _, choices = self._settle(job, self._files(job))
            source = origin(job.workflow, self.registry, output, choices)
            if not isinstance(source, Wire):
                return look_at(source.value, side) if isinstance(source, Constant) else None
            plan = self.plan(replace(job, targets=(source.node,)))
            outputs = self._at_hand(plan, source.node)
            if source.output not in outputs:
                return None
            look = look_at(outputs[source.output], side)
            return (
                replace(look, lines=(*look.lines, *texts_of(plan.graph.nodes[source.node]))) if side else look
            )

        return self._questions.ask(answer)

    def _at_hand(self, plan: Plan, node: str) -> Outputs:
        """A node's results, if they need not be computed."""
        key = plan.key(node) if node in plan.cached else None
        hit = self.cache.get(key) if self.cache is not None and key is not None else None
        return hit.outputs if hit is not None else plan.known.get(node, {})

    def freeze(self, job: Job, nodes: Sequence[str]) -> Future[Mapping[str, str]]:
        """Keep the results of nodes for good, as far as they lie on disk; gives the keys of those that do.

        Args:
            job: The workflow.
            nodes: The nodes.
        """

        def answer() -> Mapping[str, str]:
            plan = self.plan(replace(job, targets=tuple(nodes)))
            keys = {name: key for name in nodes if (key := plan.key(name)) is not None}
            return {name: key for name, key in keys.items() if self.cache is not None and self.cache.pin(key)}

        return self._questions.ask(answer)

    def node_types(self, *, anew: bool = False) -> Future[NodeTypes]:
        """Say which node types there are.

        Args:
            anew: Whether to look for packages that were installed meanwhile; what was imported stays.
        """

        def answer() -> NodeTypes:
            if anew:
                self.registry = Registry.installed()
            return self.registry.types()

        return self._questions.ask(answer)

    def follow(self, folders: Folders) -> Future[None]:
        """Use these folders, and read the user's settings in them anew, from the next job on."""

        def answer() -> None:
            settings = read_settings(folders)
            before, self.folders = self.folders, folders
            self.wishes = settings.wishes()
            moved = (before.cache, self._caching) != (folders.cache, settings.cache)
            if self.cache is not None and moved:
                self._open_cache(settings.cache)

        return self._questions.ask(answer)

    def doctor(self) -> Future[dict[str, Any]]:
        """Say what the machine can do and how it would run SDXL."""

        def answer() -> dict[str, Any]:
            from nodeflow.backends.onnx import report as onnx_report  # imports ONNX Runtime

            told = report(self.profile or detect(), self.wishes)
            return {**told.to_json(), "lines": [*told.lines(), *onnx_report.lines()]}

        return self._questions.ask(answer)

    def warm_up(self) -> Future[None]:
        """Import the backend's libraries."""

        def load() -> None:
            backend = self._get_backend(None)
            if isinstance(backend, ByModel):
                backend.warm_up()

        return self._questions.ask(load)

    def _get_backend(self, arrangement: Arrangement | None) -> Backend:
        backend = self.backend
        if isinstance(backend, str):
            with self._loading:
                if self._loaded is None:
                    self._loaded = ByModel(backend, load_backend)
                backend = self._loaded
        return backend.arranged(arrangement) if arrangement is not None else backend

    def close(self) -> None:
        """Release what the backend holds in memory; a later job loads it again."""
        self._questions.close()
        backend = self._loaded if isinstance(self.backend, str) else self.backend
        self._loaded = None
        if backend is not None:
            backend.close()


def load_backend(name: str) -> Backend:
    """Load an installed backend by name.

    Raises:
        NodeflowError: If it is not there or does not load.
    """
    points = entry_points(group="nodeflow.backends", name=name)
    if not points:
        raise NodeflowError(f"there is no backend {name!r}", advice="Install the package that has it")
    try:
        backend: Backend = next(iter(points)).load()()
    except ImportError as error:
        advice = f"Install it with: pip install 'nodeflow[{name}]'"
        raise NodeflowError(f"the {name} backend does not load: {one_line(error)}", advice=advice) from error
    return backend
