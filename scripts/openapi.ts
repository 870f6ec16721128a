import { writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { openapi } from '../clients/platform/openapi.ts';

/** Writes docs/openapi.json from the wire schemas: node --import tsx scripts/openapi.ts */
const file = new URL('../docs/openapi.json', import.meta.url);
writeFileSync(file, await format(JSON.stringify(openapi()), { ...(await resolveConfig(file)), parser: 'json' }));
