// Before anything is drawn: the theme that the person chose earlier. JupyterHub keeps it under the same name.
const chosen = localStorage.getItem("jupyterhub-bs-theme");
if (chosen) document.documentElement.setAttribute("data-bs-theme", chosen);
