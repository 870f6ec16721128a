import type { Command } from '../command.ts';
import { findGate } from '../runbook/gates.ts';
import { findRow } from '../runbook/rows.ts';
import { SHAPES } from '../mode.ts';
import { own, refuse, type DeploymentStateView, type Refusal } from './context.ts';

/** Is everything that the order names there, and as many names as its level asks for? Its level was checked before. */
export const refuseScope = (command: Command, state: DeploymentStateView): Refusal | null => {
  const { level, names } = command.scope;
  if (level === 'customer' || level === 'deployment' || level === 'set') return null;
  if (names.length === 0) return refuse('wrong_scope', `The order names no ${level}.`);
  if (new Set(names).size !== names.length) return refuse('wrong_scope', `The order names a ${level} twice.`);
  if ((level === 'gate' || level === 'row') && names.length !== 1)
    return refuse('wrong_scope', `The order may name one ${level} only.`);
  const unknown = names.filter((name) => !exists(level, name, state));
  return unknown.length === 0 ? null : refuse('wrong_scope', `There is no ${level} ${unknown.join(', ')} in this deployment.`);
};

export const cohortExists = (state: DeploymentStateView, id: string): boolean =>
  Object.values(state.groups).some((cohorts) => Object.hasOwn(cohorts, id));

const exists = (level: Command['scope']['level'], name: string, state: DeploymentStateView): boolean => {
  switch (level) {
    case 'group':
      return own(state.groups, name) !== undefined;
    case 'cohort':
      return cohortExists(state, name);
    case 'wave':
      return SHAPES.some((shape) => shape === name);
    case 'gate':
      return findGate(name) !== undefined;
    case 'row':
      return findRow(name) !== undefined;
    // Only the manifests know agents by name; whoever carries the order out looks them up there.
    case 'agent':
      return true;
    default:
      return false;
  }
};
