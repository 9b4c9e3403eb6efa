"""Which of ONNX Runtime's providers computes."""

from __future__ import annotations

import pytest

from nodeflow.backends.onnx.providers import choose, known
from nodeflow.errors import UsageError

CPU, CUDA, DML = "CPUExecutionProvider", "CUDAExecutionProvider", "DmlExecutionProvider"
COREML, OPENVINO = "CoreMLExecutionProvider", "OpenVINOExecutionProvider"


@pytest.mark.parametrize(
    ("names", "address"),
    [
        ([CPU], "cpu"),
        (["TensorrtExecutionProvider", CUDA, CPU], "cuda:0"),
        ([DML, CPU], "directml:0"),
        ([COREML, CPU], "coreml"),
        (["AzureExecutionProvider", OPENVINO, CPU], "openvino"),
        ([CPU, OPENVINO, COREML, DML, CUDA], "cuda:0"),
    ],
)
def test_the_fastest_is_chosen(names: list[str], address: str) -> None:
    assert choose(names).address == address


@pytest.mark.parametrize(
    ("device", "address"),
    [
        ("cpu", "cpu"),
        ("cuda", "cuda:0"),
        ("cuda:1", "cuda:1"),
        ("mps", "coreml"),
        ("directml:2", "directml:2"),
    ],
)
def test_a_device_is_chosen_by_its_name(device: str, address: str) -> None:
    assert choose([CUDA, DML, COREML, CPU], device).address == address


@pytest.mark.parametrize("device", ["cuda", "tpu", "cpu:1", "cuda:x", ""])
def test_what_is_not_there_is_refused_in_one_line(device: str) -> None:
    with pytest.raises(UsageError, match=f"no device '{device}' here. There are: coreml, cpu$") as caught:
        choose([COREML, CPU], device)
    assert "\n" not in str(caught.value)


def test_what_a_provider_cannot_compute_the_cpu_does() -> None:
    assert choose([CUDA, CPU], "cuda:1").arguments == [(CUDA, {"device_id": "1"}), (CPU, {})]
    assert choose([CPU]).arguments == [(CPU, {})]


def test_providers_that_nodeflow_does_not_know_are_left_out() -> None:
    assert [provider.device for provider in known(["AzureExecutionProvider", CPU])] == ["cpu"]
