import { clockCost, spinFloor } from '../../src/results/clock.js';
import type { Machine } from '../../src/results/machine.js';

/** What a page can find out about where it runs. */
export function describeBrowser(): Machine {
  return {
    node: browserName(navigator.userAgent),
    cpu: 'a processor that pages are not told',
    cores: navigator.hardwareConcurrency,
    os: systemName(navigator.userAgent),
    load: null,
    schedulingClass: null,
    timerSlackNs: null,
    governor: null,
    coreLimit: null,
    clockNs: clockCost(),
    floorUs: spinFloor(),
  };
}

const BROWSERS = [/(Firefox)\/(\d+)/, /(Edg)\/(\d+)/, /(?:Headless)?(Chrome)\/(\d+)/, /Version\/(\d+)[^ ]* .*(Safari)/];

/** `Chrome 140` */
function browserName(userAgent: string): string {
  const found = BROWSERS.map(pattern => pattern.exec(userAgent)).find(match => match !== null);
  return found ? found.slice(1).sort().reverse().join(' ') : 'a browser';
}

/** `X11; Linux x86_64` */
function systemName(userAgent: string): string {
  return /\(([^)]*)\)/.exec(userAgent)?.[1] ?? 'an unknown system';
}
