"""What an operator's Prometheus sees of the keys service."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

SCOPE = "read:metrics"
"""Who may see them: the scope of JupyterHub's own metrics."""


class Metrics:
    """Counts and latencies; one registry for each service, so that tests do not share it."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.issued = Counter(
            "sardonyx_credentials_issued",
            "Credentials issued by the store or Vault",
            ["service"],
            registry=self._registry,
        )
        self.answers = Counter(
            "sardonyx_credentials_answers",
            "Requests, by what they were told",
            ["service", "code"],
            registry=self._registry,
        )
        self.seconds = Histogram(
            "sardonyx_credentials_answer_seconds",
            "Time until a request was answered",
            ["service"],
            registry=self._registry,
        )
        self.vault_tokens = Gauge(
            "sardonyx_credentials_vault_tokens", "Tokens of Vault that are renewed now", registry=self._registry
        )
        self.ready = Gauge("sardonyx_credentials_ready", "1 while keys can be given, else 0", registry=self._registry)

    def text(self) -> bytes:
        """Return them in Prometheus' text format."""
        return generate_latest(self._registry)
