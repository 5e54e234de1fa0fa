// Cells that somebody runs before their notebook has its kernel wait for it: JupyterLab 4.6 drops them without a word.
const PATIENCE_MS = 30_000;
const RUN = ["run", "runAll", "runAllAbove", "runAllBelow", "runAndAdvance", "runAndInsert", "runCells"];

export async function patience(shared) {
  const { NotebookActions } = await shared("@jupyterlab/notebook");

  function waiting(usual) {
    return async (...told) => {
      const context = told.find(each => each?.ready instanceof Promise && each.isReady === false);
      if (context) await Promise.race([context.ready, new Promise(done => setTimeout(done, PATIENCE_MS))]);
      return usual.apply(NotebookActions, told);
    };
  }

  return {
    id: "sardonyx:patience",
    description: "Lets cells wait for the kernel of their notebook",
    autoStart: true,
    activate() {
      // What another release does not have stays as it is.
      for (const name of RUN) if (NotebookActions?.[name]) NotebookActions[name] = waiting(NotebookActions[name]);
    },
  };
}
