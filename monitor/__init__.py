"""Wirewatch: watches the news wire and tells people what they asked to hear."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("wirewatch")
except PackageNotFoundError:  # a source tree that was never installed
    __version__ = "0.0.0"
