import { setUp } from './progress.ts';
import { findChromium, ToolMissing } from './tools.ts';

/** `npm run setup [-- --tests]`: everything that golive needs on this machine beyond Node and npm's packages. */
const forTests = process.argv.includes('--tests');
try {
  await setUp(forTests ? ['temporal', 'versitygw', 'timeSkippingServer'] : ['temporal', 'versitygw']);
  const chromium = findChromium();
  console.error(chromium ? `Browser for screenshots: ${chromium}` : 'No Chromium found: reports are made without screenshots.');
} catch (error) {
  if (!(error instanceof ToolMissing)) throw error;
  for (const line of error.details) console.error(`  ${line}`);
  console.error(error.message);
  process.exitCode = error.exitCode;
}
