"""What `sardonyx check --kubernetes` finds out about a cluster, before anything is installed on it."""
