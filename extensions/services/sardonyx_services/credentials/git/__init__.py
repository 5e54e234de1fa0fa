"""Tokens of forges, for git in people's servers."""
