"""What runs inside a person's server: its start, their code, their keys."""
