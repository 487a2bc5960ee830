"""Many patients at once: files and frames of them, planned with the one engine. Needs Polars."""

from .distinct import plan

__all__ = ["plan"]
