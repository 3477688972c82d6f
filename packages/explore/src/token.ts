import { ReplayTokenError } from './errors.js';
import { deviationsIn } from './shrinking/shrink.js';

/** Goes up when tokens, or what they mean, change: an older version cannot play them then. */
const FORMAT = 1;
/** How many places of a run a token can check. */
const CHECKS = 8;
/** Of a state of the run a token keeps a remainder: two digits of base 36. */
const REMAINDERS = 36 ** 2;
/** The most characters of the name that a token shows. */
const MOST_OF_NAME = 32;
/** The most choices that a token may stand for. */
const MOST_CHOICES = 1_000_000;

/** What a token says. */
export interface Schedule {
  readonly choices: readonly number[];
  readonly steps: number;
  /** Remainders of the state of the run after 1/8, 2/8, ... of its steps. */
  readonly checks: readonly number[];
}

/**
 * One line of `[A-Za-z0-9._-]` with four parts, separated by `-`: the format, the name of the test, the deviations, and what checks
 * the replay. A deviation is the number of zeros before it, and the choice if that is not 1.
 */
export function tokenOf(name: string | undefined, choices: readonly number[], trail: readonly number[]): string {
  let next = 0;
  const deviations = deviationsIn(choices).map(place => {
    const gap = place - next;
    next = place + 1;
    const choice = choices[place]!;
    return gap.toString(36) + (choice === 1 ? '' : `_${choice.toString(36)}`);
  });
  const checks = placesOfChecks(trail.length).map(place => digits(trail[place]! % REMAINDERS));
  return [
    `esc${FORMAT}`,
    shortened(name),
    deviations.join('.'),
    `${trail.length.toString(36)}.${checks.join('')}`,
  ].join('-');
}

/** @throws ReplayTokenError */
export function scheduleOf(token: string): Schedule {
  const [, format, deviations, steps, checks] = TOKEN.exec(token.trim()) ?? [];
  if (format === undefined) throw new ReplayTokenError(token, 'It is cut off or damaged: copy the whole line.');
  if (Number(format) !== FORMAT) {
    const problem = `It is of format ${format}, this version of @escapement/explore plays format ${FORMAT}: explore again.`;
    throw new ReplayTokenError(token, problem);
  }
  const choices: number[] = [];
  for (const deviation of deviations === '' ? [] : deviations!.split('.')) {
    const [gap, choice = '1'] = deviation.split('_');
    const place = choices.length + parseInt(gap!, 36);
    if (place >= MOST_CHOICES) throw new ReplayTokenError(token, 'It stands for more choices than a run can have.');
    while (choices.length < place) choices.push(0);
    choices.push(parseInt(choice, 36));
  }
  const pairs = checks!.match(/../g) ?? [];
  const count = parseInt(steps!, 36);
  if (pairs.length !== placesOfChecks(count).length)
    throw new ReplayTokenError(token, 'It is cut off: its last part is too short. Copy the whole line.');
  return { choices, steps: count, checks: pairs.map(pair => parseInt(pair, 36)) };
}

/** The name in it is for people, and not checked. */
const DEVIATION = '[0-9a-z]{1,6}(?:_[0-9a-z]{1,8})?';
const TOKEN = new RegExp(
  `^esc(\\d{1,4})-[\\w.]*-((?:${DEVIATION}(?:\\.${DEVIATION})*)?)-([0-9a-z]{1,6})\\.((?:[0-9a-z]{2}){0,${CHECKS}})$`,
);

/** Whether a token is of the test with that name. If one of them has no name, nothing speaks against it. */
export function isOfTest(token: string, name: string | undefined): boolean {
  const named = token.trim().split('-')[1] ?? '';
  return named === '' || name === undefined || named === shortened(name);
}

/** Whether a text looks like a token, perhaps a damaged one. */
export function looksLikeToken(text: string): boolean {
  return /^\s*esc\d+-/.test(text);
}

/**
 * The first step, as far as can be told, at which a run took another way than the one of the token; undefined if it took the same.
 */
export function differsAt({ steps, checks }: Schedule, trail: readonly number[]): number | undefined {
  const places = placesOfChecks(steps);
  for (const [index, place] of places.entries()) {
    const state = trail[place];
    const isSame = state !== undefined && state % REMAINDERS === checks[index];
    if (!isSame) return Math.min(index === 0 ? 0 : places[index - 1]! + 1, Math.max(0, trail.length - 1));
  }
  return trail.length === steps ? undefined : steps;
}

function placesOfChecks(steps: number): number[] {
  const places = Array.from({ length: CHECKS }, (_, index) => Math.ceil((steps * (index + 1)) / CHECKS) - 1);
  return [...new Set(places)].filter(place => place >= 0);
}

function digits(remainder: number): string {
  return remainder.toString(36).padStart(2, '0');
}

function shortened(name = ''): string {
  return name
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, MOST_OF_NAME);
}
