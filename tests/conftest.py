"""Fixtures that every room's tests share."""

from hypothesis import HealthCheck, settings

# How long an example takes tells how busy the machine is.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
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
