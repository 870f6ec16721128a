import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { environment as ambient, type Environment } from '../environment.ts';
import { meetsOurNeeds } from './check.ts';
import { withLock } from './lock.ts';
import { recipes, type Progress, type Recipe, type ToolName } from './recipes.ts';
import { CommandFailed } from './run.ts';

export type { ToolName } from './recipes.ts';

export interface EnsureOptions {
  onProgress?: (tool: ToolName, message: string) => void;
  environment?: Environment;
}

/** Said to a user in one sentence; the output of what failed is beside it for those who want to know. */
export class ToolMissing extends Error {
  override name = 'ToolMissing';
  readonly exitCode = 2;
  readonly details: string[];
  constructor(sentence: string, details: string[] = []) {
    super(sentence);
    this.details = details;
  }
}

/**
 * Paths of executables: the user's own (variable, then PATH), else what an earlier set-up left in the machine's cache, else built now.
 * Nothing that is there is run to find that out, so the answer takes milliseconds.
 */
export async function ensureTools<Name extends ToolName>(
  names: readonly Name[],
  options: EnsureOptions = {},
): Promise<Record<Name, string>> {
  const found: Partial<Record<Name, string>> = {};
  for (const name of names) {
    found[name] = await ensureTool(recipes[name], options.environment ?? ambient, (message) =>
      options.onProgress?.(name, message),
    );
  }
  return found as Record<Name, string>;
}

async function ensureTool(recipe: Recipe, environment: Environment, progress: Progress): Promise<string> {
  const present = (await usersOwn(recipe, environment, progress)) ?? cached(recipe, environment);
  if (present) return present;
  const folder = cacheFolder(recipe, environment);
  return withLock(
    `${folder}.lock`,
    () => progress('waiting for another set-up that is building it'),
    async () => cached(recipe, environment) ?? (await build(recipe, folder, environment, progress)),
  );
}

async function usersOwn(recipe: Recipe, environment: Environment, progress: Progress): Promise<string | undefined> {
  const { isGoodVersion } = recipe;
  const isGood = async (path: string): Promise<boolean> =>
    isGoodVersion === undefined || (await meetsOurNeeds(path, isGoodVersion, environment.cacheDir));
  const pointedTo = recipe.pointedTo(environment);
  if (pointedTo !== undefined) {
    const path = resolve(pointedTo);
    if (!isExecutable(path)) throw new ToolMissing(`${recipe.variable} points to ${path}, which is not an executable file.`);
    if (await isGood(path)) return path;
    throw new ToolMissing(
      `${recipe.variable} points to ${path}, which is too old or does not run here: ${recipe.label} ${recipe.version} is needed.`,
    );
  }
  const onPath = environment.path.map((folder) => join(folder, recipe.executable)).find(isExecutable);
  if (onPath === undefined || (await isGood(onPath))) return onPath;
  progress(`${onPath} is too old or does not run here, so it is left aside`);
  return undefined;
}

function cached(recipe: Recipe, environment: Environment): string | undefined {
  const folder = cacheFolder(recipe, environment);
  const path = join(folder, recipe.executable);
  return existsSync(join(folder, COMPLETE)) && isExecutable(path) ? path : undefined;
}

/** Written last, before the folder gets its name: a folder without it was not made by us. */
const COMPLETE = 'complete';

async function build(recipe: Recipe, folder: string, environment: Environment, progress: Progress): Promise<string> {
  const staging = `${folder}.${process.pid}.building`;
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { recursive: true });
  try {
    await recipe.build(staging, progress, environment);
    await writeFile(join(staging, COMPLETE), `${recipe.label} ${recipe.version}\n`);
    await rm(folder, { recursive: true, force: true });
    await rename(staging, folder);
  } catch (error) {
    const path = cached(recipe, environment);
    if (path) return path; // somebody else was faster
    if (!(error instanceof CommandFailed)) throw error;
    throw missing(recipe, error);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  const path = join(folder, recipe.executable);
  if (!isExecutable(path)) throw new ToolMissing(`${recipe.label} ${recipe.version} was built, but ${path} is not there.`);
  return path;
}

function missing(recipe: Recipe, error: CommandFailed): ToolMissing {
  const why = error.missing ? `needs ${recipe.needs}, and ${error.message}` : `failed (${error.message})`;
  return new ToolMissing(
    `${recipe.label} ${recipe.version} is missing and building it ${why}: install ${recipe.needs}, or set ${recipe.variable} to an executable of yours.`,
    error.lastLines,
  );
}

const cacheFolder = (recipe: Recipe, environment: Environment): string =>
  join(environment.cacheDir, 'tools', `${recipe.executable}-${recipe.version}`);

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Only screenshots of the report and of the console need a browser, so nothing ever asks for one. */
export function findChromium(environment: Environment = ambient): string | undefined {
  if (environment.chromium) return environment.chromium;
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  return environment.path.flatMap((folder) => names.map((name) => join(folder, name))).find(isExecutable);
}
