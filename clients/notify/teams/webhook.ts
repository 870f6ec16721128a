import type { Webhook } from '../port.ts';
import { jsonWebhook } from '../webhook.ts';
import { adaptiveCard } from './card.ts';

/** Teams, by the webhook of a channel or workflow. One way: nothing can be clicked, edited or found again. */
export function teamsWebhook({ webhook }: { webhook: string }): Webhook {
  const post = jsonWebhook({ name: 'Teams', url: webhook });
  return {
    send: ({ notice }, signal) =>
      post(
        {
          type: 'message',
          attachments: [
            { contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content: adaptiveCard(notice) },
          ],
        },
        signal,
      ),
  };
}
