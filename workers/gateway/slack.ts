import { WebClient } from '@slack/web-api';
import type { Commands } from '../../clients/commands/port.ts';
import { openSigner } from '../../clients/keys/open.ts';
import { httpPlatform } from '../../clients/platform/http.ts';
import { createHttpLogReader } from '../../clients/recorder/http-reader.ts';
import { createHttpRecorder } from '../../clients/recorder/http.ts';
import { createS3Store } from '../../clients/store/s3.ts';
import type { SlackCustomer } from '../../gateway/slack/customer.ts';
import { deploymentFiles } from '../../gateway/slack/deployment-files.ts';
import { ConfigError } from '../config.ts';
import type { GatewayCustomer } from './config.ts';

const SLACK = 'https://slack.com/api/';
const SLACK_HOOKS = 'https://hooks.slack.com';
/** Somebody is waiting in front of a modal that Slack keeps for 3 s. */
const SLACK_WITHIN_MS = 2000;
const PLATFORM_WITHIN_MS = 2000;

/** Everything that one customer's Slack needs, connected. Throws when the key cannot be used. */
export async function slackCustomer(given: GatewayCustomer, commands: Commands): Promise<SlackCustomer> {
  const { customer, rootKeys, store, log, slack, platform } = given;
  const { endpoint, region, accessKeyId, secretAccessKey, manifestBucket } = store;
  const credentials = accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : undefined;
  const manifests = createS3Store({ endpoint, region, bucket: manifestBucket, credentials });
  const signer = await openSigner(slack.keyFile).catch((error: unknown) => {
    throw new ConfigError(`The gateway's key for ${customer}: ${error instanceof Error ? error.message : String(error)}`);
  });
  return {
    customer,
    team: slack.team,
    signingSecret: slack.signingSecret,
    botToken: slack.botToken,
    web: slackWeb(slack.botToken, slack.apiUrl),
    answersTo: [slack.apiUrl === undefined ? SLACK_HOOKS : new URL(slack.apiUrl).origin],
    signer,
    log: createHttpLogReader({ url: log.endpoint, token: log.readToken }),
    notes: createHttpRecorder({ url: log.endpoint, token: log.noteToken }),
    commands,
    ...deploymentFiles({ customer, manifests, rootKeys, now: Date.now }),
    ...(platform === undefined
      ? {}
      : { platform: httpPlatform({ endpoint: platform.endpoint, key: platform.readKey, timeoutMs: PLATFORM_WITHIN_MS }) }),
  };
}

/** One attempt and no waiting: who clicked is told to click again. */
const slackWeb = (token: string, slackApiUrl = SLACK): WebClient =>
  new WebClient(token, {
    slackApiUrl,
    timeout: SLACK_WITHIN_MS,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
  });
