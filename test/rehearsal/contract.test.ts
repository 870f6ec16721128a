import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ENDPOINTS } from '../../clients/platform/endpoints.ts';
import { openapi } from '../../clients/platform/openapi.ts';
import { ROUTES } from '../../rehearsal/platform/router.ts';

describe('the contract of the platform', () => {
  it('docs/openapi.json is what the wire schemas say (node --import tsx scripts/openapi.ts writes it)', () => {
    const written: unknown = JSON.parse(readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8'));
    expect(written).toEqual(JSON.parse(JSON.stringify(openapi())));
  });

  it('lets nothing go forward without the generation under which it was authorised', () => {
    // A picture of HRIS, the end of a fence and a question passed on lead to no agent doing more.
    const raisesNothing = ['snapshot', 'lift', 'reassign'];
    const forward = ENDPOINTS.filter(({ name, power }) => power === 'forward' && !raisesNothing.includes(name));
    const fields = ({ request }: (typeof ENDPOINTS)[number]) =>
      request ? ((z.toJSONSchema(request, { io: 'input' }) as { required?: string[] }).required ?? []) : [];
    expect(forward.length).toBeGreaterThanOrEqual(6);
    for (const endpoint of forward)
      expect([endpoint.name, fields(endpoint)]).toEqual([endpoint.name, expect.arrayContaining(['generation'])]);
    for (const { name, problems } of forward) expect([name, problems]).toEqual([name, expect.arrayContaining(['fenced'])]);
  });

  it('is served by the reference platform as it stands there: every endpoint, with its power and its body', () => {
    const secured = ENDPOINTS.filter(({ power }) => power !== null);
    const inContract = secured.map(({ name, method, path, power, request }) => ({
      name,
      method,
      path,
      power,
      body: request ?? null,
    }));
    const served = ROUTES.map(({ name, method, path, power, body }) => ({ name, method, path, power, body }));
    const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);
    expect(served.sort(byName)).toEqual(inContract.sort(byName));
  });
});
