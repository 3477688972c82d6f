import { choice } from './choice.js';

type Setting = 'system' | 'light' | 'dark';
const KEY = 'escapement-lab-theme';

/** Light, dark, or as the system is; a page that hears of it draws its charts anew. */
export function themeSwitch(): HTMLElement {
  const stored = read();
  apply(stored);
  return choice<Setting>(
    'Theme',
    [
      { value: 'system', text: 'Auto' },
      { value: 'light', text: 'Light' },
      { value: 'dark', text: 'Dark' },
    ],
    stored,
    setting => {
      apply(setting);
      write(setting);
      themeChanged.dispatchEvent(new Event('change'));
    },
  );
}

/** Dispatches `change`. */
export const themeChanged = new EventTarget();
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  themeChanged.dispatchEvent(new Event('change'));
});

function apply(setting: Setting): void {
  if (setting === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = setting;
}

/** A page opened from disk may have no storage. */
function read(): Setting {
  try {
    const stored = localStorage.getItem(KEY);
    return stored === 'light' || stored === 'dark' ? stored : 'system';
  } catch {
    return 'system';
  }
}

function write(setting: Setting): void {
  try {
    localStorage.setItem(KEY, setting);
  } catch {}
}
