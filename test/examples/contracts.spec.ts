import { readFileSync } from 'node:fs';
import { expect } from 'chai';

const root = new URL('../../../', import.meta.url);
const CLAUSE = /^- \*\*([A-Z]\d+)\*\* .* `([\w/-]+)` "(.+)"$/;

const lines = readFileSync(new URL('docs/contracts.md', root), 'utf8').split('\n');
const clauses = lines.filter(line => line.startsWith('- **'));

describe('the contracts', () => {
  it('are numbered without gaps, each with a test', () => {
    const numbers = clauses.map(line => CLAUSE.exec(line)?.[1] ?? `not a clause: ${line}`);
    const expected = [...groupByLetter(numbers)].flatMap(([letter, group]) =>
      group.map((_, index) => `${letter}${index + 1}`),
    );
    expect(numbers).to.deep.equal(expected);
  });

  for (const line of clauses) {
    const [, number, file, title] = CLAUSE.exec(line) ?? [];
    it(`${number} has the test that it names`, () => {
      if (file?.startsWith('conformance/broken/')) {
        // A clause of the law suites is checked on a plugin that breaks it.
        const zoo = readFileSync(new URL(`test/${file}.ts`, root), 'utf8');
        expect(zoo.replace(/\s+/g, ' ')).to.match(new RegExp(`'${title}',( breaks:)? '${number}'`));
        return;
      }
      const spec = readFileSync(new URL(`test/${file}.spec.ts`, root), 'utf8');
      expect(spec).to.include(`it('${title}'`);
    });
  }
});

function groupByLetter(numbers: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const number of numbers) groups.set(number.charAt(0), [...(groups.get(number.charAt(0)) ?? []), number]);
  return groups;
}
