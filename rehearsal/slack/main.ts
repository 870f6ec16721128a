import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { readConfig } from './config.ts';
import { serve } from './server.ts';
import { Slack } from './slack.ts';
import { Tables } from './tables.ts';

/** node --import tsx rehearsal/slack/main.ts --port N --dir DIR --config FILE.json */
const { values } = parseArgs({
  options: { port: { type: 'string', default: '0' }, dir: { type: 'string' }, config: { type: 'string' } },
});
if (!values.dir || !values.config) {
  process.stderr.write('usage: rehearsal/slack/main.ts --port N --dir DIR --config FILE.json\n');
  process.exit(2);
}
const slack = new Slack(readConfig(values.config), new Tables(values.dir));
const server = serve(slack);
server.listen(Number(values.port), '127.0.0.1', () => {
  slack.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.stdout.write(`${JSON.stringify({ listening: slack.origin })}\n`);
});
const stop = (): void => {
  server.close(() => process.exit(0));
  server.closeAllConnections();
};
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
