import type { Machine } from '../results/machine.js';

/** What changes the figures and stays as it is from run to run. Load and the cost of the clock do not stay. */
const TRAITS: readonly (readonly [name: string, trait: (machine: Machine) => unknown])[] = [
  ['processor', machine => machine.cpu],
  ['cores', machine => machine.cores],
  ['cores of the control group', machine => machine.coreLimit],
  ['system', machine => machine.os],
  ['major version of Node', machine => machine.node.split('.')[0]],
  ['scheduling class', machine => machine.schedulingClass],
  ['timer slack in ns', machine => machine.timerSlackNs],
  ['governor', machine => machine.governor],
];

/**
 * In what two machines differ, as far as figures depend on it: `'cores: 2 and 8'`. What one of them does not tell is no
 * difference.
 */
export function machineDifferences(a: Machine, b: Machine): string[] {
  return TRAITS.flatMap(([name, trait]) => {
    const [left, right] = [trait(a) ?? null, trait(b) ?? null];
    return left === null || right === null || left === right ? [] : [`${name}: ${left} and ${right}`];
  });
}
