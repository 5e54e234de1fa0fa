"""Everything JupyterHub is told comes from settings.yaml; what that cannot say goes into conf.d/*.py."""

from sardonyx_hub_config.configure import configure
from sardonyx_hub_config.settings.file import find_settings, load_settings

configure(get_config(), load_settings(find_settings(None)))
