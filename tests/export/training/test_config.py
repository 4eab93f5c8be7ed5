"""Settings that no run can have."""

from pathlib import Path

import pytest

from lorgnette_export.data.captioned import DataError
from lorgnette_export.training.config import read_config


def test_an_unknown_setting_is_named(tmp_path: Path) -> None:
    config = tmp_path / "wrong.toml"
    config.write_text("epoch = 3\n")
    with pytest.raises(DataError, match="epoch"):
        read_config(config)
    config.write_text('encoders = ["resnet"]\n')
    with pytest.raises(DataError, match="resnet"):
        read_config(config)
    config.write_text("samples = 1\n")
    with pytest.raises(DataError, match="2 or more"):
        read_config(config)
