import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';

const PACKAGES = new URL('../../../packages/', import.meta.url);
/** `setTimeoutModule from @escapement/strategies/module`, in a message or a comment. */
const ADVICE = /(\w+)(?:\(\))?,? from (@escapement\/[\w-]+(?:\/\w+)?)/g;

function advices(): { readonly file: string; readonly name: string; readonly entryPoint: string }[] {
  const sources = readdirSync(PACKAGES, { recursive: true, encoding: 'utf8' });
  return sources
    .filter(file => /^[\w-]+\/src\/.*\.ts$/.test(file))
    .flatMap(file =>
      [...readFileSync(new URL(file, PACKAGES), 'utf8').matchAll(ADVICE)].map(([, name, entryPoint]) => ({
        file,
        name: name!,
        entryPoint: entryPoint!,
      })),
    );
}

describe('the advice in messages', () => {
  it('looks at some', () => {
    expect(advices().map(({ name }) => name)).to.include('settlingTimeModule');
  });

  for (const { file, name, entryPoint } of advices()) {
    it(`of ${file}: ${name} can be imported from ${entryPoint}`, async () => {
      expect(await import(entryPoint)).to.have.property(name);
    });
  }
});
