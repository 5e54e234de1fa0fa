"""The values of the Helm chart, and what is generated from them."""
