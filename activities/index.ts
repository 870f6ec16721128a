export { atBoundary } from './boundary.ts';
export { cohortActivities } from './cohort-activities.ts';
export { controlActivities } from './control-activities.ts';
export { setActivities } from './set-activities.ts';
export { waveActivities } from './wave-activities.ts';
