export { atBoundary } from './boundary.ts';
export { channelActivities } from './channel/activities.ts';
export { cohortActivities } from './cohort-activities.ts';
export { controlActivities } from './control-activities.ts';
export { drillActivities } from './drill/activities.ts';
export { peopleActivities } from './watch-people/watch-people.ts';
export { setActivities } from './set-activities.ts';
export { waveActivities } from './wave-activities.ts';
