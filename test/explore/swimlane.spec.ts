import { swimlane } from '@escapement/explore';
import { assert } from 'chai';
import { failureOf } from './made-up-failure.js';
import { crowd, lostUpdate, traceOf } from './made-up-traces.js';

const HARM = `<img src=x onerror=alert(1)>"'&</style></script>`;

describe('the page of a trace', () => {
  it('shows the text of a user as text', () => {
    const trace = traceOf(
      [HARM, HARM],
      [
        { task: 1, cause: 'spawned', to: 'a:1', waitsFor: HARM, others: [2] },
        { task: 2, cause: HARM, by: 0, from: 'b:2' },
      ],
      { error: new Error(HARM), file: HARM, pair: [0, 1] },
    );
    const page = swimlane(trace, { title: HARM, token: HARM });
    assert.notInclude(page, '<img');
    assert.lengthOf(page.match(/<\/style>/g)!, 1);
    assert.include(page, '&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;');
  });

  it('has no script, and nothing to load', () => {
    const page = swimlane(lostUpdate(), { title: 'loses no update', token: 'x1-2' });
    assert.notMatch(page, /<script|<link|<img|\bsrc=|https?:|url\(|@import/);
    assert.match(page, /Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/);
  });

  it('is small: 200 steps of 20 tasks in less than 300 kB', () => {
    assert.isBelow(Buffer.byteLength(swimlane(crowd(21, 200))), 300_000);
  });

  it('of more than 200 steps says that it shows those nearest to the pair and to the end', () => {
    const page = swimlane(crowd(10, 5000));
    assert.include(page, '5000 steps of 9 tasks, of which 200 steps of 9 tasks are shown');
    assert.lengthOf(page.match(/class="step[ "]/g)!, 200);
    for (const index of [2499, 2500, 2501, 4999]) assert.include(page, `id="step-${index}"`);
    assert.notInclude(page, 'id="step-0"');
  });

  it('of a failure has its name, its token, and what decides where there is no pair', () => {
    const decision = {
      kind: 'cancel',
      what: 'task "worker" was cancelled after step 1',
      after: 1,
      otherwise: 'passes',
    } as const;
    const page = failureOf({ ...lostUpdate(), pair: undefined }, { decision, name: 'keeps <all> items' }).html();
    assert.include(page, '<h1>keeps &lt;all&gt; items</h1>');
    assert.include(page, 'x1-2.0.0:loses-no-update');
    assert.include(page, '<p>It fails because task &quot;worker&quot; was cancelled after step 1.</p>');
    assert.notInclude(page, 'The critical pair');
    assert.notInclude(failureOf(lostUpdate(), { decision }).html(), 'It fails because');
  });

  it('of a run that passed says so', () => {
    assert.include(swimlane({ ...lostUpdate(), error: undefined, pair: undefined }), 'The run passed.');
  });
});
