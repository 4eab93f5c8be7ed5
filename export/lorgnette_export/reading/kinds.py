"""What a file is that is no checkpoint, told by its first bytes, and what to do about it."""

from pathlib import Path

_LFS = b"version https://git-lfs.github.com/"
_ONNX_HELP = (
    "lorgnette needs the PyTorch checkpoint that it was made from: an ONNX file does not say what "
    "belongs to one word and what to the picture"
)
_TRANSFORMER = (
    "it belongs to a transformer of Hugging Face, which has no LSTM or GRU; lorgnette converts a "
    "CNN with an LSTM or GRU only"
)
_BEGINNINGS = (
    (_LFS, "it is a pointer of Git LFS, not the file: run git lfs pull where it came from"),
    (b"\x89HDF", "it is an HDF5 file, as Keras writes; lorgnette converts PyTorch checkpoints"),
    (b"\x1f\x8b", "it is packed with gzip: unpack it first"),
    (b"BZh", "it is packed with bzip2: unpack it first"),
    (b"\xfd7zXZ", "it is packed with xz: unpack it first"),
    (b"7z\xbc\xaf", "it is a 7z archive: unpack it first"),
    (b"Rar!", "it is a RAR archive: unpack it first"),
    (b"\x93NUMPY", "it is an array of NumPy; lorgnette converts PyTorch checkpoints"),
    (b"GGUF", "it is a GGUF file, a transformer's; lorgnette converts a CNN with an LSTM or GRU"),
)


def unlike(path: Path, head: bytes) -> str:
    """Say why the file at path is no checkpoint and no vocabulary; "" if it may be one.

    Args:
        head: its first bytes, 512 of them if it has as many.
    """
    if not head:
        return "it is empty: copy or download it again"
    for beginning, meaning in _BEGINNINGS:
        if head.startswith(beginning):
            return meaning
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<!doctype", b"<html", b"<?xml", b"<head")):
        return "it is a web page, not the file: use the link that downloads the file itself"
    if path.suffix == ".onnx":
        return f"it is an ONNX graph; {_ONNX_HELP}"
    if head[257:262] == b"ustar":
        return "it is a tar archive: unpack it first"
    return ""


def unlike_archive(path: Path, names: list[str]) -> str:
    """Say why a zip archive of these entries is no checkpoint; "" if it may be one."""
    entries = {name.partition("/")[2] for name in names}
    if "constants.pkl" in entries and any(e.startswith("code/") for e in entries):
        return (
            "it is TorchScript, which holds a program. Save its tensors: import torch; "
            f'torch.save(torch.jit.load("{path.name}").state_dict(), "captioner.pth")'
        )
    if "data.pkl" not in entries:
        if names and all(name.endswith(".npy") for name in names):
            return "it holds arrays of NumPy; lorgnette converts PyTorch checkpoints"
        if any(name.endswith((".keras", "model.weights.h5")) for name in names):
            return "it is a model of Keras; lorgnette converts PyTorch checkpoints"
        return "it is a zip archive: unpack it, and name what is in it"
    return ""


def folder(path: Path) -> str:
    """Say what to do about a folder that was named in place of files."""
    files = sorted(file.name for file in path.iterdir())
    if any(name.endswith(".onnx") for name in files):
        return f"it is a folder of ONNX graphs; {_ONNX_HELP}"
    if "config.json" in files and any(
        name.endswith((".bin", ".safetensors", ".index.json")) for name in files
    ):
        return _TRANSFORMER
    if "data.pkl" in files:
        return "it is a checkpoint that was unpacked; name the packed file"
    return "it is a folder; name the files in it that belong together"
