import type { Machine } from '@escapement/lab';

export const MACHINE: Machine = {
  node: 'v20.20.0',
  cpu: 'Abacus 1',
  cores: 2,
  os: 'Linux 6.8.0 x64',
  load: 0.3,
  schedulingClass: 'SCHED_OTHER',
  timerSlackNs: 50_000,
  governor: 'performance',
  coreLimit: null,
  clockNs: 40,
  floorUs: 0.1,
};
