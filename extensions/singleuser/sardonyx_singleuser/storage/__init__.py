"""The person's data store as JupyterLab's file browser sees it: places, folders, files."""
