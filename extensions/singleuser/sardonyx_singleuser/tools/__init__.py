"""Programs with a page of their own, beside JupyterLab in the same server and behind the same sign-in."""
