"""How people sign in: local accounts, one-time links, OpenID Connect providers."""
