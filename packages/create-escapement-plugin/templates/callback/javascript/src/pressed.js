import { action } from '@escapement/promises';

/**
 * `yield* pressed(button)` waits until the button is pressed, and evaluates to who pressed it; it throws what the button reports
 * as its error. Needs `promiseModule` of `@escapement/promises`, and a strategy that lets the host run.
 *
 * @example
 * const name = yield* timeout(5000, pressed(button));
 */
export function pressed(button) {
  // Reports show the name of this function.
  return action(function press(resolve, reject) {
    button.once('press', resolve).once('error', reject);
    // The undo is called exactly once for each wait: after the callback, or when the task is cancelled.
    return () => {
      button.off('press', resolve).off('error', reject);
    };
  });
}
