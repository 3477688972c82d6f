import { h, newId } from './dom.js';

export interface Option<T> {
  readonly value: T;
  readonly text: string;
}

/** A row of radio buttons that look like one control; the arrow keys move in it, as in every radio group. */
export function choice<T>(
  label: string,
  options: readonly Option<T>[],
  chosen: T,
  onChange: (value: T) => void,
): HTMLElement {
  const name = newId('choice');
  const inputs = options.map(({ value, text }) =>
    h(
      'label',
      {},
      h('input', { type: 'radio', name, checked: value === chosen, onchange: () => onChange(value) }),
      h('span', {}, text),
    ),
  );
  return h(
    'fieldset',
    { class: 'choice' },
    h('legend', {}, label[0]!.toUpperCase() + label.slice(1)),
    h('div', { class: 'options' }, ...inputs),
  );
}
