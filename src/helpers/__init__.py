"""Measure how news text names people, states and events, and how far that is from neutral naming."""

__version__ = "0.1.0"
__all__: list[str] = []
