// Icons of tools: one stroke drawing each, in the colour of the text around it.

const DRAWN = {
  vscode: "M8 7 3 12l5 5M16 7l5 5-5 5M14 4l-4 16",
  rstudio: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M9.500 16.500v-9h3.500a2.500 2.500 0 0 1 0 5h-3.500m3.500 0 2.500 4",
  mlflow: "M4 19V5m0 14h16M7.500 15.500l3.500-4.500 3 2.500 4.500-7",
  tensorboard: "M3 18c3.500 0 4-12 7-12s2.500 8 5 8 2-4 6-4M3 21h18",
  spark: "M12 3l2.300 6.200L21 11.500l-6.700 2.300L12 21l-2.300-7.200L3 11.500l6.700-2.300z",
  data: "M4 6a8 3 0 1 0 16 0a8 3 0 1 0-16 0v12c0 1.660 3.600 3 8 3s8-1.340 8-3V6M4 12c0 1.660 3.600 3 8 3s8-1.340 8-3",
  app: "M4 5h16v14H4zM4 9h16M7 7h.01M9.500 7h.01",
};

export async function icons(shared) {
  const { LabIcon } = await shared("@jupyterlab/ui-components");
  const found = {};
  for (const [name, path] of Object.entries(DRAWN)) {
    const svgstr = `<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24"><path class="jp-icon-stroke3" fill="none" stroke="#616161" stroke-width="1.700" stroke-linecap="round" stroke-linejoin="round" d="${path}"/></svg>`;
    found[name] = new LabIcon({ name: `sardonyx:${name}`, svgstr });
  }
  return found;
}
