import { manage, resolved } from '@escapement/promises';
import { promiseModule } from '@escapement/promises/module';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { expect } from 'chai';
import {
  bodyOf,
  busyWaitModule,
  type CoreEvent,
  type Coroutine,
  createLoop,
  type EventsOf,
  forEach,
  IncompatiblePluginsError,
  type Program,
  setTimeoutModule,
  shield,
  sleep,
  sleepModule,
  spawn,
} from 'escapement';
import type * as JobQueueFile from '../../docs/examples/jobs/job-queue.js';
import type * as NextJobFile from '../../docs/examples/jobs/next-job.js';
import type * as WorkFile from '../../docs/examples/jobs/work.js';
import { load } from './example.js';
import { JobWorker, NatsServer, type Seen, until } from './jobs-program.js';

const { JobQueue, JobQueueLostError } = await load<typeof JobQueueFile>('docs/examples/jobs/job-queue.ts');
const { jobModule } = await load<typeof NextJobFile>('docs/examples/jobs/next-job.ts');
const { work } = await load<typeof WorkFile>('docs/examples/jobs/work.ts');

/** CI has 10,000: `npm run test:jobs`. */
const COUNT = Number(process.env.JOBS ?? 2000);
/** In ms: a killed worker's jobs come back after it. */
const SHORT_DEADLINE = 1000;

/** The number of its jobs, and how often a job was done again. */
function tally(workers: readonly JobWorker[]): { readonly different: number; readonly again: number } {
  const done = workers.flatMap(worker => worker.done.map(({ number }) => number));
  const { size } = new Set(done);
  return { different: size, again: done.length - size };
}

const byNumber = (a: Seen, b: Seen) => a.number - b.number;

describe('Jobs from another machine', function () {
  this.timeout(60_000);
  const server = new NatsServer();
  const workers: JobWorker[] = [];
  let queues = 0;
  let queue: string;

  before(async function () {
    if (await NatsServer.isInstalled()) return server.start();
    console.log('    skipped: needs nats-server');
    this.skip();
  });

  beforeEach(() => {
    queue = `jobs-${++queues}`;
  });

  afterEach(async () => {
    await Promise.all(workers.splice(0).map(worker => worker.end('SIGKILL')));
  });

  after(() => server.remove());

  async function startWorker(options: Readonly<Record<string, string | number>> = {}): Promise<JobWorker> {
    const worker = await JobWorker.start({ servers: server.address, queue, ...options });
    workers.push(worker);
    return worker;
  }

  const modules = [setTimeoutModule, sleepModule, promiseModule, jobModule] as const;

  type Events = EventsOf<(typeof modules)[number]> | CoreEvent;

  /** Runs a program with an open queue. */
  function withQueue(
    body: (jobs: JobQueueFile.JobQueue) => Program<unknown, Events>,
    deadline = 30_000,
  ): Promise<unknown> {
    return createLoop(...modules).run(function* (): Coroutine<unknown, Events> {
      const opened = JobQueue.open({ name: queue, servers: server.address, deadline, ahead: 8 });
      const jobs = yield* manage(yield* shield(resolved(opened)));
      return yield* bodyOf('withQueue', body(jobs));
    });
  }

  function put(jobs: Iterable<object>, deadline?: number): Promise<unknown> {
    return withQueue(
      open => forEach(jobs, (job, index) => open.put(JSON.stringify(job), `job ${index}`), { concurrency: 256 }),
      deadline,
    );
  }

  const many = (count: number, job: object) => Array.from({ length: count }, () => job);

  it(`performs each of ${COUNT} jobs at least once, while two of three processes are killed`, async () => {
    await put(many(COUNT, { wait: 100_000 / COUNT }), SHORT_DEADLINE);
    const options = { concurrency: 16, ahead: 64, deadline: SHORT_DEADLINE };
    const start = performance.now();
    await Promise.all([startWorker(options), startWorker(options), startWorker(options)]);
    for (const [index, share] of [0.2, 0.4].entries()) {
      const victim = workers[index]!;
      const isInMidWork = () =>
        tally(workers).different > share * COUNT && victim.begun.length > victim.done.length ? true : undefined;
      await until(isInMidWork, () => `only ${tally(workers).different} were done`);
      expect(await victim.end('SIGKILL')).to.equal('SIGKILL');
      await startWorker(options);
    }
    await until(
      () => tally(workers).different === COUNT || undefined,
      async () => `only ${tally(workers).different} were done. On the server: ${JSON.stringify(await onServer())}`,
    );
    await Promise.all(workers.slice(2).map(worker => worker.end('SIGTERM')));
    const { different, again } = tally(workers);
    expect(different).to.equal(COUNT);
    const begun = workers.flatMap(worker => worker.begun);
    const handedOutAgain = begun.filter(({ attempt }) => attempt > 1).length;
    expect(handedOutAgain).to.be.above(0);
    const took = ((performance.now() - start) / 1000).toFixed(1);
    console.log(
      `      ${COUNT} jobs in ${took} s: ${handedOutAgain} handed out again, ${again} done more than once, none lost`,
    );
  });

  it('hands back its jobs at once when it is told to end', async () => {
    await put(many(8, { wait: 60_000 }));
    const first = await startWorker({ concurrency: 2, ahead: 8 });
    await until(
      () => first.begun.length === 2 || undefined,
      () => 'two should have begun',
    );
    await until(
      async () => (await onServer()).num_ack_pending === 8 || undefined,
      () => 'all eight should be there',
    );
    const second = await startWorker({ concurrency: 8 });
    expect(await first.end('SIGTERM')).to.equal(0);
    const begun = await until(
      () => (second.begun.length === 8 ? second.begun : undefined),
      () => 'the other process did not get them',
    );
    expect(begun.sort(byNumber)).to.deep.equal(Array.from({ length: 8 }, (_, n) => ({ number: n + 1, attempt: 2 })));
    expect(first.done).to.deep.equal([]);
  });

  it('hands out a job that failed again, and reports it', async () => {
    await put([{ wait: 1, failures: 2 }]);
    const worker = await startWorker({ 'retry-after': 50 });
    await worker.prints(/^did 1 attempt 3$/);
    const reports = worker.lines.filter(line => line.includes('JOB_FAILED'));
    expect(reports).to.have.lengthOf(2);
    expect(reports[0]).to.match(/job 1 failed, attempt 1: .*not before attempt 3/);
  });

  it('renews the deadline of a job that is worked on, and of those that wait', async () => {
    await put(many(2, { wait: 600 }), 200);
    const worker = await startWorker({ concurrency: 1, deadline: 200 });
    await until(
      () => worker.done.length === 2 || undefined,
      () => 'two should be done',
    );
    expect(worker.done).to.deep.equal([1, 2].map(number => ({ number, attempt: 1 })));
  });

  it('asks for no more jobs than it has room for', async () => {
    await put(many(100, { wait: 20 }));
    const worker = await startWorker({ concurrency: 2, ahead: 4 });
    let most = 0;
    await until(
      async () => {
        most = Math.max(most, (await onServer()).num_ack_pending);
        return worker.done.length === 100 || undefined;
      },
      () => `only ${worker.done.length} were done`,
    );
    // Four wait and two are worked on. On a busy machine the server has not yet seen the acknowledgements of as many again.
    expect(most).to.be.within(3, 12);
  });

  it('goes on after the server was away', async () => {
    await put(many(200, { wait: 10 }));
    const worker = await startWorker({ concurrency: 4 });
    await until(
      () => worker.done.length > 20 || undefined,
      () => 'some should be done',
    );
    await server.kill();
    await server.start();
    await until(
      () => tally([worker]).different === 200 || undefined,
      () => `only ${tally([worker]).different} were done`,
    );
  });

  it('performs jobs in their order, with a concurrency of one', async () => {
    await put(many(50, {}));
    const numbers: number[] = [];
    await withQueue(function* (open) {
      const working = yield* spawn(
        work(open, function* (job) {
          numbers.push(job.number);
          yield* sleep(0);
        }),
      );
      while (numbers.length < 50) yield* sleep(5);
      working.cancel();
    });
    expect(numbers).to.deep.equal(Array.from({ length: 50 }, (_, n) => n + 1));
  });

  it('fails its tasks with class and code when the queue is deleted', async () => {
    await put([]);
    const outcome = withQueue(open => open.next()).catch((reason: unknown) => reason);
    await until(
      async () => (await onServer()).num_waiting > 0 || undefined,
      () => 'it should wait',
    );
    await atServer(manager => manager.streams.delete(queue));
    const error = await outcome;
    expect(error).to.be.instanceOf(JobQueueLostError);
    expect(error).to.have.property('code', 'JOBS_QUEUE_LOST');
    expect(error).to.have.property('name', 'JobQueueLostError');
    expect((error as Error).message).to.include(`the job queue "${queue}" was deleted`);
  });

  it('is rejected beside a strategy that never lets the host run', () => {
    expect(() => createLoop(busyWaitModule, jobModule)).to.throw(IncompatiblePluginsError, 'NextJobHandler needs');
  });

  async function atServer<T>(ask: (manager: Awaited<ReturnType<typeof jetstreamManager>>) => Promise<T>): Promise<T> {
    const connection = await connect({ servers: server.address });
    try {
      return await ask(await jetstreamManager(connection));
    } finally {
      await connection.close();
    }
  }

  const onServer = () => atServer(manager => manager.consumers.info(queue, queue));
});
