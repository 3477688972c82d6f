import { h } from './dom.js';
import { readReportData } from './report-data.js';
import { reportView } from './report-view.js';
import { themeSwitch } from './theme-switch.js';

const main = document.querySelector('main')!;
document.querySelector('.top')!.append(themeSwitch());
try {
  const data = await readReportData();
  main.replaceChildren(...reportView(data));
} catch (error) {
  main.replaceChildren(h('p', { class: 'note bad', role: 'alert' }, `This report cannot be shown: ${error}`));
}
