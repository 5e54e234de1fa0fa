"""The tools that servers offer."""

from sardonyx_singleuser.tools.mlflow import MLFLOW
from sardonyx_singleuser.tools.rstudio import RSTUDIO
from sardonyx_singleuser.tools.spark import SPARK
from sardonyx_singleuser.tools.tensorboard import TENSORBOARD
from sardonyx_singleuser.tools.tool import Tool
from sardonyx_singleuser.tools.vscode import VSCODE

TOOLS: dict[str, Tool] = {tool.name: tool for tool in (VSCODE, RSTUDIO, MLFLOW, TENSORBOARD, SPARK)}
