import { parseHTML } from 'linkedom';
import type { Results } from '../src/results/results.js';
import type { MakePicture } from '../src/views/html/svg-picture.js';
import { latenessAgainstCpu, pointsOf } from './charts/lateness-against-cpu.js';
import { DARK, LIGHT } from './charts/theme.js';
import { headingOf } from './heading.js';
import { isMeasured, mainSetting } from './rows.js';

const WIDTH = 720;

/** The main picture as the text of an SVG file. */
export const picture: MakePicture = (results: Results, { scenario: name, setting: asked, theme: of = 'light' }) => {
  const scenario = results.scenarios.find(each =>
    name === undefined ? each.rows.some(isMeasured) : each.name === name,
  );
  if (scenario === undefined) return null;
  const setting = asked ?? mainSetting(scenario.rows);
  const theme = of === 'dark' ? DARK : LIGHT;
  if (setting === null || pointsOf(scenario, setting, 'p50', theme).points.length === 0) return null;
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const chart = latenessAgainstCpu(scenario, setting, {
    quantile: 'p50',
    width: WIDTH,
    theme,
    floorUs: results.machine.floorUs,
    heading: headingOf(results, scenario, setting),
    document: document as unknown as Document,
  });
  chart.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return chart.outerHTML;
};
