import { EventEmitter } from 'node:events';
import { describe, it } from 'node:test';
import { handlerLaws } from '@escapement/conformance';
import { ActionHandler } from '@escapement/promises';
import { pressed } from './pressed.js';

const buttons = [];

handlerLaws(
  { describe, it },
  {
    // All callbacks have this handler: what the laws find is in `pressed`.
    handler: () => new ActionHandler(),
    pending() {
      // Thousands of tasks wait for one button.
      const button = new EventEmitter().setMaxListeners(0);
      buttons.push(button);
      return { event: pressed(button), happen: () => button.emit('press', 'Ann'), value: 'Ann' };
    },
    // The undo has to leave none.
    held: () => buttons.reduce((sum, button) => sum + button.listenerCount('press') + button.listenerCount('error'), 0),
  },
);
