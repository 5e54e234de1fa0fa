"""Short-lived keys for data: the hub as an OpenID Connect issuer, and the broker that asks the store for keys."""
