/** The people of a deployment. Seven must confirm that they are available for the whole 72 h, or the clock does not start. */
export const STANDING_ROLES = [
  'deployment-lead',
  'customer-lead',
  'security-lead',
  'operations-lead',
  'atlas-operator',
  'arx-standby',
  'connector-standby',
] as const;

/** Executives approve the set and sign off, but are not on duty. CHRO is the Customer Lead, CISO the Security Lead. */
export const EXECUTIVE_ROLES = ['cfo', 'ceo'] as const;

/** The engine itself: it may lower, and release a pause of its own, never raise. */
export const MACHINE_ROLE = 'machine';

export const ROLES = [...STANDING_ROLES, ...EXECUTIVE_ROLES, MACHINE_ROLE] as const;
export type Role = (typeof ROLES)[number];
export type StandingRole = (typeof STANDING_ROLES)[number];

export const ROLE_TITLES: Record<Role, string> = {
  'deployment-lead': 'Deployment Lead',
  'customer-lead': 'Customer Lead (CHRO)',
  'security-lead': 'Security Lead (CISO)',
  'operations-lead': 'Operations Lead',
  'atlas-operator': 'Atlas Operator',
  'arx-standby': 'ARX Standby',
  'connector-standby': 'Connector Standby',
  cfo: 'CFO',
  ceo: 'CEO',
  machine: 'golive',
};
