"""What the hub may do in its namespace: the chart's role gives it this, and a test compares it with what the hub does."""

RIGHTS = {
    "pods": ("list", "watch", "create", "patch", "delete"),
    "pods/log": ("get",),
    "events": ("list", "watch"),
    "persistentvolumeclaims": ("get", "create", "patch", "delete"),
    "secrets": ("create", "patch", "delete"),
}
"""Resource -> verbs, in the words of Kubernetes."""
