import { DocumentReflection } from 'typedoc';
import { outline } from './markdown.mjs';

/**
 * Makes the search find sections of pages, and clauses of contracts, not whole pages only: a section is for TypeDoc one more
 * document, whose address has an anchor.
 */
export class Sections {
  #router;
  #project;
  /** What is indexed in place of what TypeDoc would take. */
  #fields = new Map();

  constructor(router, project) {
    this.#router = router;
    this.#project = project;
  }

  /** @param {string} url of the page that `target` has @param {string} markdown of it */
  add(target, url, title, markdown) {
    const [head, ...sections] = outline(markdown);
    if (target.isProject()) this.#addSection(title, url, { name: title, text: head.text });
    else this.#fields.set(target, { document: wordsOf(head.text), comment: wordsOf(head.text) });
    for (const { level, title: section, anchor, text } of sections) {
      const name = level === 7 ? `${section} ${start(text)}` : section;
      this.#addSection(`${name} · ${title}`, `${url}#${anchor}`, { name: section, text });
    }
  }

  #addSection(title, url, { name, text }) {
    const section = new DocumentReflection(title, this.#project, [], {});
    this.#router.fullUrls.set(section, url);
    this.#fields.set(section, { name: wordsOf(name), document: wordsOf(text) });
  }

  /** What is in the index of each of the targets. */
  fieldsOf(target) {
    if (this.#fields.has(target)) return this.#fields.get(target);
    return target.isDeclaration() ? { name: wordsOf(`${target.name} ${codeOf(target)}`) } : {};
  }
}

/** Of an error class, the code by which somebody looks for it. */
function codeOf({ children = [] }) {
  const { type } = children.find(({ name }) => name === 'code') ?? {};
  return type?.type === 'literal' ? type.value : '';
}

/** The first words of a clause, as plain text. */
function start(text) {
  const plain = text
    .replace(/^- \*\*\w+\*\*\s*/, '')
    .replaceAll('`', '')
    .replace(/\s+/g, ' ');
  return plain.length <= 70 ? plain : `${plain.slice(0, plain.lastIndexOf(' ', 70))} ...`;
}

/**
 * Text as words with blanks between, since the index splits at blanks and hyphens only. It removes what is no letter at the
 * start of a word, thus the `_` before an `@`, so that "@escapement/sleep" is found.
 */
function wordsOf(text) {
  return text
    .replace(/<!--.*?-->/gs, '')
    .replace(/\]\([^)]*\)/g, ' ')
    .replace(/[^\p{L}\p{N}_@/.]+/gu, ' ')
    .replace(/(?<=^| )@/g, '_@');
}
