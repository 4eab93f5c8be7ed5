"""Everything that knows PyTorch: training a captioner, exporting it to ONNX, measuring it."""

from lorgnette import silence

silence.keep_workshop()
