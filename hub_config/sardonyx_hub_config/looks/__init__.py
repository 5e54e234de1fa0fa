"""What `sardonyx doctor` and `sardonyx check` look at, a module for each subject."""
