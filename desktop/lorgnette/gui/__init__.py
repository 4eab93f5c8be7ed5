"""The window: PySide6, one thin face of the core."""
