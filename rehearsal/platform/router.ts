import type { Route } from './route.ts';
import { atlas } from './routes/atlas.ts';
import { checking } from './routes/checks.ts';
import { committed } from './routes/commits.ts';
import { credentials } from './routes/credentials.ts';
import { escalationRoutes } from './routes/escalations.ts';
import { executionRoutes } from './routes/executions.ts';
import { fences } from './routes/fences.ts';
import { modes } from './routes/modes.ts';
import { prerequisites } from './routes/prerequisites.ts';
import { provisioning } from './routes/provisioning.ts';
import { queueRoutes } from './routes/queues.ts';
import { registering } from './routes/registering.ts';
import { telemetries } from './routes/telemetry.ts';

export const ROUTES: readonly Route[] = [
  ...registering,
  ...prerequisites,
  ...provisioning,
  ...modes,
  ...fences,
  ...executionRoutes,
  ...telemetries,
  ...queueRoutes,
  ...escalationRoutes,
  ...credentials,
  ...checking,
  ...atlas,
  ...committed,
];

interface Compiled {
  route: Route;
  segments: string[];
}
const COMPILED: readonly Compiled[] = ROUTES.map((route) => ({ route, segments: route.path.split('/') }));

export function matchRoute(method: string, path: string): { route: Route; params: Record<string, string> } | null {
  const given = path.split('/');
  for (const { route, segments } of COMPILED) {
    if (route.method !== method || segments.length !== given.length) continue;
    const params = paramsOf(segments, given);
    if (params) return { route, params };
  }
  return null;
}

function paramsOf(segments: readonly string[], given: readonly string[]): Record<string, string> | null {
  const params: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const text = given[index] ?? '';
    if (segment.startsWith('{')) params[segment.slice(1, -1)] = decode(text);
    else if (segment !== text) return null;
  }
  return params;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
