import { mkdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { readConfig } from './config.ts';
import { Platform } from './platform.ts';
import { serve } from './server.ts';

/** node --import tsx rehearsal/platform/main.ts --port N --dir DIR --config FILE.json */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    host: { type: 'string', default: '127.0.0.1' },
    dir: { type: 'string' },
    config: { type: 'string' },
  },
});
if (!values.dir || !values.config) {
  process.stderr.write('usage: rehearsal/platform/main.ts --port N --dir DIR --config FILE.json\n');
  process.exit(2);
}
mkdirSync(values.dir, { recursive: true });
const platform = new Platform(readConfig(values.config), values.dir);
const server = serve(platform);
server.listen(Number(values.port), values.host, () => {
  const { address, port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ listening: `http://${address}:${port}` })}\n`);
});
const stop = (): void => {
  server.close(() => {
    platform.close();
    process.exit(0);
  });
  server.closeAllConnections();
};
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
