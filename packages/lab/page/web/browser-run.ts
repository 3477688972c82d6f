import { type Results, type Round, type Row, SCHEMA, type SubjectInfo } from '../../src/results/results.js';
import { headingOf, labelOf } from '../../src/scenarios/scenario.js';
import { seededRandom, shuffled } from '../../src/statistics/random.js';
import { summarize } from '../../src/statistics/summary.js';
import { describeBrowser } from './browser.js';
import { measures, type PlannedScenario } from './scenarios.js';
import { offerOf, type SubjectThread, startThread } from './subject-thread.js';
import type { Place } from './subjects.js';

/** What a run needs to know. */
export interface BrowserPlan {
  readonly scenarios: readonly PlannedScenario[];
  /** In milliseconds. The first round is measured in any case. */
  readonly timeLimit: number;
  readonly seed: number;
  readonly version: string;
}

interface BrowserSubject {
  readonly info: SubjectInfo;
  readonly name: string;
  readonly place: Place;
}

interface OpenRow {
  readonly subject: BrowserSubject;
  readonly planned: PlannedScenario;
  readonly setting: number;
  readonly rounds: Round[];
  cold: Round | null;
  failure: string | null;
}

/** As in Node: the first samples of a new thread are told apart. */
const COLD_SAMPLES = 30;

/** One run of the lab in a page: each subject in a thread of its own, in shuffled rounds. */
export class BrowserRun {
  readonly #startedAt = performance.now();
  readonly #date = new Date().toISOString();
  readonly #machine = describeBrowser();
  readonly #threads = new Map<BrowserSubject, SubjectThread>();
  #rows: readonly OpenRow[] = [];
  #partial: string | null = null;

  constructor(
    private readonly plan: BrowserPlan,
    private readonly progressed: (share: number, doing: string) => void,
  ) {}

  /** Measures until the time is over, or `stop` is called. */
  async measure(): Promise<Results> {
    const whenHidden = () => {
      if (document.hidden) this.#partial ??= 'the page was hidden for a while, and browsers slow hidden pages down';
    };
    whenHidden();
    document.addEventListener('visibilitychange', whenHidden);
    const random = seededRandom(this.plan.seed);
    try {
      this.#rows = rowsOf(this.plan.scenarios, await subjectsHere());
      await this.#start();
      await this.#each(shuffled(this.#rows, random), 'cold', async row => {
        row.cold = await this.#round(row, 0, COLD_SAMPLES);
      });
      for (let round = 0; round === 0 || this.#share < 1; round++) {
        await this.#each(shuffled(this.#rows, random), `round ${round + 1}`, async row => {
          row.rounds.push(await this.#round(row, round, Infinity));
        });
        if (this.#isStopped) break;
      }
    } finally {
      document.removeEventListener('visibilitychange', whenHidden);
      this.#end();
    }
    return this.#results();
  }

  /** `measure` then resolves soon, with what there is. */
  stop(): void {
    this.#partial = 'interrupted';
    this.#end();
  }

  get #isStopped(): boolean {
    return this.#partial === 'interrupted';
  }

  get #share(): number {
    return (performance.now() - this.#startedAt) / this.plan.timeLimit;
  }

  #end(): void {
    for (const thread of this.#threads.values()) thread.end();
  }

  async #start(): Promise<void> {
    await this.#each(this.#rows, 'starting', async ({ subject }) => {
      if (!this.#threads.has(subject)) this.#threads.set(subject, await startThread(subject.name, subject.place));
    });
  }

  /** The others go on without a row that fails. */
  async #each(rows: readonly OpenRow[], doing: string, work: (row: OpenRow) => Promise<void>): Promise<void> {
    for (const row of rows) {
      if (this.#isStopped) return;
      if (row.failure !== null) continue;
      this.progressed(Math.min(1, this.#share), `${row.subject.info.name}, ${doing}`);
      try {
        await work(row);
      } catch (error) {
        if (!this.#isStopped) row.failure = error instanceof Error ? error.message : String(error);
      }
      // Here the page draws, and hears the stop button.
      await new Promise(resolve => setTimeout(resolve));
    }
  }

  async #round(row: OpenRow, round: number, mostSamples: number): Promise<Round> {
    const { subject, planned, setting } = row;
    const at = Math.round(performance.now() - this.#startedAt);
    const order = {
      do: 'round',
      scenario: planned.scenario.name,
      setting,
      budget: planned.budget,
      mostSamples,
      seed: this.plan.seed + round,
    } as const;
    return { round, at, ...(await this.#threads.get(subject)!.round(order)) };
  }

  #results(): Results {
    const { plan } = this;
    return {
      schema: SCHEMA,
      lab: plan.version,
      date: this.#date,
      partial: this.#partial,
      machine: this.#machine,
      parameters: { seed: plan.seed, rounds: null, timeLimitMs: plan.timeLimit, untilLateMs: null },
      scenarios: plan.scenarios.map(planned => {
        const rows = this.#rows.filter(row => row.planned === planned).map(resultOf);
        return { ...headingOf(planned.scenario), rows };
      }),
    };
  }
}

function resultOf({ subject, planned, setting, rounds, cold, failure }: OpenRow): Row {
  const label = labelOf(planned.scenario, setting);
  return { subject: subject.info, setting, label, cold, rounds, summary: summarize(rounds, cold), failure };
}

function rowsOf(scenarios: readonly PlannedScenario[], subjects: readonly BrowserSubject[]): OpenRow[] {
  return scenarios.flatMap(planned =>
    planned.settings.flatMap(setting =>
      subjects
        .filter(({ info, place }) => measures(planned.scenario, info, place))
        .map(subject => ({ subject, planned, setting, rounds: [], cold: null, failure: null })),
    ),
  );
}

async function subjectsHere(): Promise<BrowserSubject[]> {
  const places: readonly Place[] = ['page', 'worker'];
  const offers = await Promise.all(places.map(offerOf));
  return offers.flatMap((offer, n) => {
    const place = places[n]!;
    return offer.map(({ name, kind, waits }) => {
      return { info: { name: `${name} (${place})`, kind, waits, from: 'escapement' }, name, place };
    });
  });
}
