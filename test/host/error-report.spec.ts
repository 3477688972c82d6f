import { expect } from 'chai';
import { EscapementError } from 'escapement';
import type * as report from '../../packages/host/dist/error-report.js';
import { HOSTILE } from '../support/hostile-values.js';

const source = new URL('../../../packages/host/dist/error-report.js', import.meta.url);
const { errorReport } = (await import(source.href)) as typeof report;

class ManyLines extends EscapementError {
  static override readonly name = 'ManyLines';
  override readonly code = 'ESC_MANY_LINES';
}

/** Without the frames, which hold paths of this machine. */
function headlines(error: unknown): string[] {
  return errorReport(error)
    .split('\n')
    .filter(line => !/^\s+at /.test(line));
}

describe('the report of an error', () => {
  it('is a text for every value that can be thrown, also for hostile ones, alone, as a cause and in a list', () => {
    for (const [name, make] of Object.entries(HOSTILE)) {
      expect(errorReport(make()), name).to.be.a('string').and.not.equal('');
      const cause = new Error('around it', { cause: make() });
      expect(errorReport(cause), name).to.include('Error: around it');
      expect(errorReport(new AggregateError([make(), cause], 'all')), name).to.include(
        'error 2 of 2: Error: around it',
      );
    }
  });

  it('begins with the class, the code once, and the message, as the stack shows them', () => {
    const system = Object.assign(new Error('ENOENT: no such file'), { code: 'ENOENT' });
    const coded = Object.assign(new RangeError('too far'), { code: 'ERR_FAR' });
    expect(headlines(system)).to.deep.equal(['Error: ENOENT: no such file']);
    expect(headlines(coded)).to.deep.equal(['RangeError [ERR_FAR]: too far']);
    expect(headlines(new Error(''))).to.deep.equal(['Error']);
    expect(headlines(Object.assign(new Error('old'), { stack: undefined }))).to.deep.equal(['Error: old']);
    expect(headlines(Object.assign(new Error('new'), { stack: 'Error: old\n    at here (x.js:1:1)' }))).to.deep.equal([
      'Error: new',
    ]);
    expect(headlines(new ManyLines('nothing can happen:\n  one\n  two'))).to.deep.equal([
      'ManyLines [ESC_MANY_LINES]: nothing can happen:',
      '  one',
      '  two',
    ]);
  });

  it('indents the errors in it and the cause, stops at a circle, and leaves out what is too deep or too many', () => {
    const inner = new Error('inner', { cause: 'a text' });
    const outer = new AggregateError([inner, 7], 'outer');
    inner.cause = outer;
    expect(headlines(outer)).to.deep.equal([
      'AggregateError: outer',
      '  error 1 of 2: Error: inner',
      '    cause: an error that is shown above',
      '  error 2 of 2: 7 was thrown, which is no Error',
    ]);
    let deep = new Error('0');
    for (let n = 1; n < 100; n++) deep = new Error(String(n), { cause: deep });
    expect(headlines(deep)).to.have.lengthOf(9);
    expect(headlines(new AggregateError(Array.from({ length: 100 }, (_, n) => n)))).to.have.lengthOf(11);
  });

  it('marks the headline and the frames where a style is given', () => {
    const style = { headline: (text: string) => `<${text}>`, frames: (text: string) => `[${text.trim()}]` };
    const error = Object.assign(new Error('marked'), { stack: 'Error: marked\n    at here (x.js:1:1)' });
    expect(errorReport(error, style)).to.equal('<Error: marked>\n[at here (x.js:1:1)]');
  });
});
