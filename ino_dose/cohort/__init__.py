"""Many patients at once: files and frames of them, planned with the one engine. Needs Polars."""

from .planner import plan

__all__ = ["plan"]
