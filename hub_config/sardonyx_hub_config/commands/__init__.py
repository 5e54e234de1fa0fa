"""The commands of `sardonyx`, a module each, and what several of them need."""
