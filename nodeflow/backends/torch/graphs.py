"""From a traced network to an ONNX file: optimised, in 8 bits if wanted, and compared with torch."""

from __future__ import annotations

import logging
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from nodeflow.backends.torch.networks import Traced
from nodeflow.errors import UsageError

OPSET = 20
"""Of ONNX; runtimes from 2024 on know it."""
_BESIDE = "weights.bin"
_LARGEST = 1_500_000_000
"""Bytes of weights from which they lie in a file beside the graph, which may not be larger than 2 GB."""


@dataclass(frozen=True)
class Graph:
    """An ONNX file.

    Attributes:
        error: Its largest difference from torch on an example, as a share of the largest output.
        inputs: Types and sides of what it takes, by name.
        outputs: The same of what it gives.
    """

    error: float
    inputs: dict[str, list[Any]]
    outputs: dict[str, list[Any]]


@torch.inference_mode()
def write_graph(network: Traced, file: Path, *, half: bool = False, int8: bool = False) -> Graph:
    """Write a network as an ONNX file.

    Args:
        network: The network.
        file: Where to, in a folder of its own.
        half: Whether its weights are kept in float16, and all but inputs and outputs computed in it.
        int8: Whether its matrices are kept and multiplied in 8 bits.

    Raises:
        UsageError: If what exporting needs is not installed.
    """
    try:
        import onnx  # noqa: F401 - torch needs it, and says so only after tracing
        import onnxruntime
    except ImportError as error:
        advice = "Install it with: pip install 'nodeflow[export]'"
        raise UsageError("exporting to ONNX needs onnx and onnxruntime", advice=advice) from error
    size = sum(weight.numel() * weight.element_size() for weight in network.module.parameters())
    with tempfile.TemporaryDirectory(prefix=".", dir=file.parent.parent) as folder:
        raw = Path(folder) / "traced.onnx"
        _trace(network, raw)
        if half:
            raw = _in_16_bits(raw, large=size > _LARGEST)
        if int8:
            raw = _in_8_bits(raw, large=size > _LARGEST)
        _optimise(onnxruntime, raw, file, large=size > _LARGEST * (4 if int8 else 2 if half else 1))
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    return Graph(
        _error(network, session), _described(session.get_inputs()), _described(session.get_outputs())
    )


def _trace(network: Traced, file: Path) -> None:
    """Trace a network. Of torch's two exporters, the older one is faster by far, and as exact.

    On the bundled UNet it takes seconds, the one that builds on torch.export a minute or two.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it is the older one, and of values that never change
        torch.onnx.export(
            network.module,
            tuple(network.example),
            str(file),
            input_names=list(network.inputs),
            output_names=list(network.outputs),
            dynamic_axes={name: dict(axes) for name, axes in network.axes.items()},
            opset_version=OPSET,
            dynamo=False,
        )


def _in_16_bits(file: Path, *, large: bool) -> Path:
    """A traced network in float16; traced in float16, torch mixes types that ONNX keeps apart."""
    import onnx
    from onnxruntime.transformers.float16 import convert_float_to_float16

    target = file.with_name("fp16.onnx")
    model = onnx.load(file)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of numbers too small for float16, which become the smallest
        converted = convert_float_to_float16(
            model, keep_io_types=True, disable_shape_infer=large, node_block_list=_waves(model.graph)
        )
    onnx.save(converted, target, save_as_external_data=large)
    return target


def _waves(graph: Any) -> list[str]:
    """The nodes that make times, sizes and scales into sines and cosines.

    They stay in float32: float16 does not tell the angles of neighbouring times apart.
    """
    makers = {name: node for node in graph.node for name in node.output}
    wanted = [node for node in graph.node if node.op_type in ("Sin", "Cos")]
    found: dict[str, Any] = {}
    while wanted:
        node = wanted.pop()
        if node.name not in found:
            found[node.name] = node
            wanted += [makers[name] for name in node.input if name in makers]
    return list(found)


def _in_8_bits(file: Path, *, large: bool) -> Path:
    """Weights of matrix products in 8 bits, each channel with its scale; what they meet is rounded too."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    target = file.with_name("int8.onnx")
    with _quiet():
        quantize_dynamic(
            file,
            target,
            op_types_to_quantize=["MatMul"],
            per_channel=True,
            weight_type=QuantType.QInt8,
            use_external_data_format=large,
        )
    return target


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the advice that ONNX Runtime logs for models of other kinds."""
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.ERROR)
    try:
        yield
    finally:
        root.setLevel(level)


def _optimise(onnxruntime: Any, file: Path, target: Path, *, large: bool) -> None:
    """Fold constants and leave out what does nothing: what is the same on every device."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath = str(target)
    options.log_severity_level = 4
    if large:
        options.add_session_config_entry("session.optimized_model_external_initializers_file_name", _BESIDE)
        options.add_session_config_entry(
            "session.optimized_model_external_initializers_min_size_in_bytes", "1024"
        )
    onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])


def _error(network: Traced, session: Any) -> float:
    expected = network.module(*network.example)
    expected = expected if isinstance(expected, tuple) else (expected,)
    inputs = {name: tensor.numpy() for name, tensor in zip(network.inputs, network.example, strict=True)}
    found = session.run(list(network.outputs), inputs)
    pairs = [(theirs.numpy(), ours) for theirs, ours in zip(expected, found, strict=True)]
    return float(max(np.abs(one - other).max() / np.abs(one).max() for one, other in pairs))


def _described(values: Any) -> dict[str, list[Any]]:
    return {value.name: [value.type, *value.shape] for value in values}
