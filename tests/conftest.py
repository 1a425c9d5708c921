"""Fixtures that every room's tests share."""

pytest_plugins = [
    "tests.servers.editor",
    "tests.servers.fixtures",
    "tests.servers.receiver",
    "tests.servers.slack",
    "tests.servers.smtp",
    "tests.servers.stores",
]
