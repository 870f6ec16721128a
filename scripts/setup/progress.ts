import { Listr, ListrLogger, ProcessOutput } from 'listr2';
import { ensureTools, type ToolName } from './tools.ts';
import { recipes } from './recipes.ts';

/** Makes the tools ready, one after the other: each build uses all cores by itself. Progress goes to standard error, where messages belong. */
export async function setUp(tools: readonly ToolName[]): Promise<void> {
  const logger = new ListrLogger({ processOutput: new ProcessOutput(process.stderr, process.stderr) });
  const tasks = new Listr(
    tools.map((name) => ({
      title: `${recipes[name].label} ${recipes[name].version}`,
      task: async (_context: unknown, task: { title: string; output: string }) => {
        const { [name]: path } = await ensureTools([name], { onProgress: (_tool, message) => (task.output = message) });
        task.title = `${recipes[name].label}: ${path}`;
      },
    })),
    {
      concurrent: false,
      rendererOptions: { logger, showErrorMessage: false },
      fallbackRenderer: 'simple',
      fallbackRendererOptions: { logger },
    },
  );
  await tasks.run();
}
