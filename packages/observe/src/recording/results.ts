import type { TaskState } from '@escapement/core';

/** How tasks end, by number, as records store it. */
export const RESULTS: readonly TaskState[] = ['succeeded', 'failed', 'cancelled'];
