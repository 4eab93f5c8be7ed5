"""From a captioner in PyTorch to a model directory that says the same."""
