"""Feeds brought in and looked into: found on a page, tried, listed in `feeds.yaml` or an OPML file.

Nothing here is part of the service.
"""
