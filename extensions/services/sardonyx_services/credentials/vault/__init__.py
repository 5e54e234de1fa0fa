"""Access to Vault for each server: tokens that the broker renews and ends, and never holds."""
