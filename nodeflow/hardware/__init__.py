"""What a machine can do, how much SDXL needs, and where each part of it should run. Imports no torch.

`detect()` looks at the machine, `component_sizes()` at a checkpoint's headers, and `place()` decides: a pure
function, so that any machine can be tested on any other.
"""

from nodeflow.hardware.arrangement import Arrangement
from nodeflow.hardware.assign import Placed
from nodeflow.hardware.checkpoint import component_sizes
from nodeflow.hardware.detection import detect
from nodeflow.hardware.estimate import TILE, Work, activation_bytes
from nodeflow.hardware.placement import Peak, Placement, place
from nodeflow.hardware.profile import Device, DeviceKind, Dtype, HardwareProfile, read_profile
from nodeflow.hardware.remembered import machine
from nodeflow.hardware.report import Report, report
from nodeflow.hardware.request import Mode, Quality, Request
from nodeflow.hardware.sizes import KNOWN_REFINER, KNOWN_SDXL, ComponentSize, Model, Part
from nodeflow.hardware.wishes import Wishes

__all__ = [
    "KNOWN_REFINER",
    "KNOWN_SDXL",
    "TILE",
    "Arrangement",
    "ComponentSize",
    "Device",
    "DeviceKind",
    "Dtype",
    "HardwareProfile",
    "Mode",
    "Model",
    "Part",
    "Peak",
    "Placed",
    "Placement",
    "Quality",
    "Report",
    "Request",
    "Wishes",
    "Work",
    "activation_bytes",
    "component_sizes",
    "detect",
    "machine",
    "place",
    "read_profile",
    "report",
]
