// Icons: one stroke drawing each, in the colour of the text around it. Those of tools come from the server, with the tools.

const DRAWN = {
  data: "M4 6a8 3 0 1 0 16 0a8 3 0 1 0-16 0v12c0 1.660 3.600 3 8 3s8-1.340 8-3V6M4 12c0 1.660 3.600 3 8 3s8-1.340 8-3",
  git: "M6 4v10m0 0a3 3 0 1 0 .01 0M18 10a3 3 0 1 1 .01-6a3 3 0 0 1-.01 6c0 4-5 3.500-9.500 5",
  servers: "M4 5h16v6H4zM4 13h16v6H4zM7.500 8h.01M7.500 16h.01",
  app: "M4 5h16v14H4zM4 9h16M7 7h.01M9.500 7h.01",
};

export async function icons(shared) {
  const { LabIcon } = await shared("@jupyterlab/ui-components");

  function draw(name, path) {
    const svgstr = `<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24"><path class="jp-icon-stroke3" fill="none" stroke="#616161" stroke-width="1.700" stroke-linecap="round" stroke-linejoin="round" d="${path}"/></svg>`;
    return new LabIcon({ name: `sardonyx:${name}`, svgstr });
  }

  return { draw, ...Object.fromEntries(Object.entries(DRAWN).map(([name, path]) => [name, draw(name, path)])) };
}
