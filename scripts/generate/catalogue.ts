import type { BusinessFunction } from '../../domain/manifest/manifest.ts';
import type { PropertySchema } from '../../domain/manifest/output-schema.ts';
import type { Shape } from '../../domain/mode.ts';

/** A stock template: what Atlas offers before a customer builds variants of it. */
export interface Template {
  function: BusinessFunction;
  shape: Shape;
  role: string;
  connectors: string[];
}

type Row = [shape: Shape, role: string, connectors: string];

/** Four templates for each function, 48 in all: one reads, two make things for a manager to approve, one moves work between systems. */
const ROWS: Record<BusinessFunction, [Row, Row, Row, Row]> = {
  engineering: [
    ['research', 'incident-analyst', 'datadog github'],
    ['production', 'patch-drafter', 'github jira'],
    ['production', 'test-writer', 'github'],
    ['coordination', 'release-broker', 'github jira slack'],
  ],
  product: [
    ['research', 'feedback-miner', 'productboard zendesk'],
    ['production', 'spec-drafter', 'confluence jira'],
    ['production', 'release-note-writer', 'confluence github'],
    ['coordination', 'roadmap-keeper', 'jira productboard slack'],
  ],
  data: [
    ['research', 'metric-explainer', 'snowflake looker'],
    ['production', 'query-author', 'snowflake github'],
    ['production', 'dashboard-builder', 'looker snowflake'],
    ['coordination', 'pipeline-steward', 'airflow snowflake slack'],
  ],
  security: [
    ['research', 'alert-triager', 'splunk crowdstrike'],
    ['production', 'policy-drafter', 'confluence jira'],
    ['production', 'questionnaire-aid', 'confluence'],
    ['coordination', 'access-reviewer', 'okta jira slack'],
  ],
  it: [
    ['research', 'asset-auditor', 'servicenow jamf'],
    ['production', 'runbook-writer', 'confluence servicenow'],
    ['production', 'ticket-responder', 'servicenow'],
    ['coordination', 'joiner-mover-leaver', 'okta servicenow workday'],
  ],
  operations: [
    ['research', 'capacity-analyst', 'netsuite snowflake'],
    ['production', 'order-drafter', 'netsuite coupa'],
    ['production', 'procedure-writer', 'confluence'],
    ['coordination', 'shift-planner', 'workday slack calendar'],
  ],
  sales: [
    ['research', 'account-researcher', 'salesforce'],
    ['production', 'proposal-writer', 'salesforce google-drive'],
    ['production', 'deck-builder', 'google-drive salesforce'],
    ['coordination', 'handoff-broker', 'salesforce slack calendar'],
  ],
  marketing: [
    ['research', 'campaign-analyst', 'hubspot looker'],
    ['production', 'copy-drafter', 'hubspot google-drive'],
    ['production', 'brief-writer', 'google-drive'],
    ['coordination', 'event-planner', 'hubspot calendar slack'],
  ],
  support: [
    ['research', 'case-summariser', 'zendesk'],
    ['production', 'reply-drafter', 'zendesk confluence'],
    ['production', 'article-writer', 'confluence zendesk'],
    ['coordination', 'escalation-router', 'zendesk jira slack'],
  ],
  finance: [
    ['research', 'variance-analyst', 'netsuite snowflake'],
    ['production', 'invoice-preparer', 'netsuite'],
    ['production', 'close-note-writer', 'netsuite google-drive'],
    ['coordination', 'collections-clerk', 'netsuite salesforce slack'],
  ],
  people: [
    ['research', 'survey-analyst', 'workday'],
    ['production', 'job-post-writer', 'greenhouse google-drive'],
    ['production', 'policy-answerer', 'workday confluence'],
    ['coordination', 'interview-scheduler', 'greenhouse calendar slack'],
  ],
  legal: [
    ['research', 'clause-finder', 'ironclad'],
    ['production', 'contract-redliner', 'ironclad google-drive'],
    ['production', 'summary-writer', 'ironclad'],
    ['coordination', 'signature-chaser', 'ironclad docusign slack'],
  ],
};

export const TEMPLATES: Template[] = (Object.entries(ROWS) as [BusinessFunction, Row[]][]).flatMap(([fn, rows]) =>
  rows.map(([shape, role, connectors]) => ({ function: fn, shape, role, connectors: connectors.split(' ') })),
);

/** What a customer's variant is for: a region, a segment, a line of business. */
export const TWISTS =
  'emea apac amer dach nordics iberia latam midsize large smb partner retail trade payments platform mobile growth core'.split(
    ' ',
  );

/** What every shape answers, besides the summary: findings, a draft to approve, or the systems that it moved. */
export const SHAPE_OUTPUT: Record<Shape, Record<string, PropertySchema>> = {
  research: {
    findings: { type: 'array', items: { type: 'string' }, description: 'One sentence each' },
    confidence: { type: 'number' },
  },
  production: {
    draft: { type: 'string' },
    needs_approval: { type: 'boolean' },
  },
  coordination: {
    systems: { type: 'array', items: { type: 'string' } },
    changes: { type: 'integer' },
    state: { type: 'string', enum: ['done', 'waiting', 'refused'] },
  },
};

/** Calls and writes per agent and hour, from–to. Research plans no writes: it is read-only by design. */
export const SHAPE_VOLUME: Record<Shape, { calls: [number, number]; writes: [number, number] }> = {
  research: { calls: [12, 40], writes: [0, 0] },
  production: { calls: [8, 24], writes: [1, 4] },
  coordination: { calls: [6, 18], writes: [2, 6] },
};
