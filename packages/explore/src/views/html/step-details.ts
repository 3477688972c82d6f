import type { Site, Trace, TraceStep } from '../../trace.js';
import { taskTitle } from '../excerpt.js';
import { fullPlace } from '../place.js';
import { beginning, ending, reason, time } from '../step-words.js';
import { escaped } from './escaped.js';

/** All of a step in a sentence, for who cannot see the lanes. */
export function stepSentence(step: TraceStep, trace: Trace, main: string | undefined): string {
  return `Step ${step.index} of ${titleOf(step.task, trace)} at ${time(step)} ms, which ${reason(step)}: ${beginning(step, main)}, then ${ending(step, main)}`;
}

/** What is shown of a step at the bottom of the page while the pointer or the focus is on it. */
export function stepDetails(step: TraceStep, trace: Trace): string {
  const others = step.others.map(id => titleOf(id, trace)).join(', ');
  const entries = [
    ['Ready because it', escaped(reason(step))],
    ['Went on at', step.resumedAt.length === 0 ? 'its beginning' : stack(step.resumedAt)],
    ['Stopped at', step.stoppedAt.length === 0 ? 'its end' : stack(step.stoppedAt)],
    ['Waits for', step.waitsFor === undefined ? 'nothing: it has ended' : escaped(step.waitsFor)],
    ['Could have run instead', others === '' ? 'no other task' : escaped(others)],
  ];
  const title = `Step ${step.index}, ${titleOf(step.task, trace)}, at ${time(step)} ms`;
  return `<span class="details"><strong>${escaped(title)}</strong>${entries.map(([term, text]) => `<span class="entry"><span class="term">${term}</span><span>${text}</span></span>`).join('')}</span>`;
}

/** The innermost coroutine first, each with its place. */
export function stack(sites: readonly Site[]): string {
  return `<span class="stack">${sites.map(site => `<span><b>${escaped(site.name)}</b> ${escaped(fullPlace(site))}</span>`).join('')}</span>`;
}

/** The name of a task by its `id`. */
export function titleOf(id: number, { tasks }: Trace): string {
  const task = tasks.find(each => each.id === id);
  return task === undefined ? `task ${id}` : taskTitle(task);
}
