import type { Stack } from './stack.ts';

/** Changes the world around a rehearsal: the reference platform's own switchboard. Throws with its words when it refuses. */
export async function controlPlatform(
  { platformEndpoint, controlKey }: Pick<Stack, 'platformEndpoint' | 'controlKey'>,
  action: Record<string, unknown>,
  signal?: AbortSignal,
): Promise<void> {
  const response = await fetch(`${platformEndpoint}/control`, {
    method: 'POST',
    headers: { authorization: `Bearer ${controlKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(action),
    ...(signal && { signal }),
  });
  if (!response.ok) throw new Error(`/control refused ${String(action['action'])}: ${await response.text()}`);
}
