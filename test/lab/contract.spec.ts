import { expect } from 'chai';
import { runLab } from './run-lab.js';

describe('escapement-lab names the clause that a failed strategy breaks', () => {
  it('after the others are measured', async () => {
    const args = [
      '--quick',
      '--rounds',
      '1',
      '--time',
      '60',
      '--sleep',
      '20',
      '--no-baselines',
      '--strategy',
      'busy-wait',
    ];
    const { status, stdout } = await runLab(...args, '--module', 'fixtures/early-module.js');
    expect(stdout).to.match(/busy-wait +[\d.,]+ /);
    expect(stdout.replaceAll(/\s+/g, ' ')).to.match(/early at 20 ms: .* It breaks S\d+ of docs\/contracts\.md: \w+/);
    expect(status).to.equal(1);
  });
});
