"""Fixtures that every room's tests share."""

from hypothesis import settings

settings.register_profile("untimed", deadline=None)  # how long an example takes tells how busy the machine is
settings.load_profile("untimed")

pytest_plugins = [
    "tests.servers.editor",
    "tests.servers.fixtures",
    "tests.servers.receiver",
    "tests.servers.slack",
    "tests.servers.smtp",
    "tests.servers.socketmode",
    "tests.servers.stores",
]
