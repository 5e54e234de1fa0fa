"""Tools that an operator can add to servers: what each is made of, and how it gets there."""
