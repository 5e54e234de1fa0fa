"""People: immutable ids, local accounts, one-time sign-in links."""
