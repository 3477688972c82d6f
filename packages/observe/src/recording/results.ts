import type { TaskResult } from '@escapement/core';

/** How tasks end, by number, as records store it. */
export const RESULTS: readonly TaskResult<unknown>['state'][] = ['pending', 'succeeded', 'failed', 'cancelled'];
