"""Feeds brought in: files, pages, OPML."""
