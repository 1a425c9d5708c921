"""How the service shows itself: logs, metrics, and health over HTTP."""
