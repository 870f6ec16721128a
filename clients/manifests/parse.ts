import type { DeploymentFile } from '../../domain/deployment-file.ts';
import { deploymentFileSchema } from '../../domain/deployment-file.schema.ts';
import { manifestSchema } from '../../domain/manifest/manifest.schema.ts';
import { PROBLEMS, type Problem } from '../../domain/set/problem.ts';
import type { ParsedManifest } from '../../domain/set/source.ts';
import { schemaProblems } from './schema-problems.ts';
import { parseYaml } from './yaml.ts';

/** The bytes of one manifest, read; or everything that is wrong with them. */
export function parseManifest(bytes: Uint8Array, key: string): ParsedManifest {
  const text = parseYaml(bytes, key);
  if (text.problems) return { problems: text.problems };
  const result = manifestSchema.safeParse(text.value);
  return result.success ? { manifest: result.data } : { problems: schemaProblems(result.error, text, key) };
}

export type ParsedDeploymentFile = { file: DeploymentFile; problems?: undefined } | { file?: undefined; problems: Problem[] };

/** The bytes of a deployment file, read with the same care: its keys decide who may give orders. */
export function parseDeploymentFile(bytes: Uint8Array, name = 'deployment.yaml'): ParsedDeploymentFile {
  const text = parseYaml(bytes, name);
  if (text.problems) return { problems: text.problems.map(aboutDeploymentFile) };
  const result = deploymentFileSchema.safeParse(text.value);
  return result.success ? { file: result.data } : { problems: schemaProblems(result.error, text, name).map(aboutDeploymentFile) };
}

/** The rules on the text are the manifests' own; who must mend it is somebody else. */
const aboutDeploymentFile = (problem: Problem): Problem => ({
  ...problem,
  rule: problem.rule.replace('A manifest', 'The deployment file'),
  next: PROBLEMS.deployment_file_malformed.next,
});
