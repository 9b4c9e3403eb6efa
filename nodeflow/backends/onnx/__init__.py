"""The ONNX Runtime backend: SDXL from exported files, without torch."""
