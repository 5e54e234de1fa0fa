"""A person's own environments as kernels: found in the home, offered beside the ordinary ones, started without ipykernel in them."""
