import { spawnSync } from 'node:child_process';
import { expect } from 'chai';

const posix = JSON.stringify(import.meta.resolve('@escapement/posix'));
const io = JSON.stringify(import.meta.resolve('@escapement/io'));
const escapement = JSON.stringify(import.meta.resolve('escapement'));

/** What a program prints on a system that pretends to be another. */
function on(pretence: Readonly<Record<string, string>>, program: string): string {
  const lies = Object.entries(pretence).map(
    ([name, value]) => `Object.defineProperty(process, '${name}', { value: '${value}' });`,
  );
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', lies.join('') + program], {
    encoding: 'utf8',
    timeout: 15_000,
  });
  return stdout + stderr;
}

const importing = (what: string) => `
  const error = await import(${what}).catch(error => error);
  console.log(error.name, error.code, error.message);`;

describe('posix on an unsupported system', () => {
  for (const [pretence, system] of [
    [{ platform: 'win32' }, `win32 on ${process.arch}`],
    [{ platform: 'darwin', arch: 'arm64' }, 'darwin on arm64'],
    [{ arch: 'riscv64' }, 'linux on riscv64'],
  ] as const) {
    for (const [name, what] of Object.entries({ posix, io })) {
      it(`throws UnsupportedSystemError when ${name} is imported: ${system}`, () => {
        expect(on(pretence, importing(what))).to.equal(
          `UnsupportedSystemError ESC_UNSUPPORTED_SYSTEM @escapement/posix does not support this system (${system}): it has other constants and layouts. It supports Linux on x64 and arm64. Of the other packages only io and net need it.\n`,
        );
      });
    }
  }

  it('is not needed by the other packages', () => {
    const program = `
      const { createLoop, setTimeoutModule, sleep, sleepModule } = await import(${escapement});
      await createLoop(setTimeoutModule, sleepModule).run(sleep(1));
      console.log('slept');`;
    expect(on({ platform: 'win32' }, program)).to.equal('slept\n');
  });

  it('says that koffi has no binary for it, and keeps the cause', () => {
    const program = `
      import { createRequire } from 'node:module';
      const Module = createRequire(import.meta.url)('node:module');
      const load = Module._load;
      Module._load = (name, ...rest) => {
        if (name === 'koffi') throw new Error('Cannot find the native Koffi module');
        return load(name, ...rest);
      };
      ${importing(posix)}
      console.log(error.cause.message);`;
    expect(on({}, program)).to.include(
      'the FFI library koffi did not load: Error: Cannot find the native Koffi module',
    );
    expect(on({}, program)).to.match(/\nCannot find the native Koffi module\n$/);
  });
});
