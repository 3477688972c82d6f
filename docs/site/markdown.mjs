import MarkdownIt from 'markdown-it';

const CLAUSE = /^[A-Z]{1,2}\d+$/;

/** The anchor that GitHub gives to a heading, so that a link works there and here. */
export function anchorOf(heading) {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-');
}

/**
 * What a page consists of: its headings, and the clauses of a contract (`- **L12** No request ...`), each with the text
 * below it up to the next one.
 *
 * @returns {{ level: number, title: string, anchor: string, text: string }[]} `level` is 1 to 6, of a clause 7
 */
export function outline(markdown) {
  const tokens = new MarkdownIt({ html: true }).parse(markdown, {});
  const lines = markdown.split('\n');
  const used = new Map();
  const parts = [];
  for (const [index, token] of tokens.entries()) {
    if (token.type === 'heading_open') {
      const title = textOf(tokens[index + 1]);
      const anchor = anchorOf(title);
      const count = used.get(anchor) ?? 0;
      used.set(anchor, count + 1);
      parts.push({
        level: Number(token.tag[1]),
        title,
        anchor: count ? `${anchor}-${count}` : anchor,
        line: token.map[0],
      });
    }
    const clause = clauseAt(tokens, index);
    if (clause) parts.push({ level: 7, title: clause, anchor: clause.toLowerCase(), line: token.map[0] });
  }
  return parts.map(({ line, ...part }, index) => ({
    ...part,
    text: lines.slice(line, parts[index + 1]?.line).join('\n'),
  }));
}

/** What TypeDoc's parser of Markdown has to do otherwise. */
export function configure(parser) {
  parser.linkify.set({ fuzzyLink: false, fuzzyEmail: false });
  parser.core.ruler.push('escapement', ({ tokens }) => {
    for (const [index, token] of tokens.entries()) {
      if (token.type === 'heading_open') showCode(tokens[index + 1]);
      const clause = clauseAt(tokens, index);
      if (clause) token.attrSet('id', clause.toLowerCase());
    }
  });
  parser.renderer.rules.table_open = () => '<div class="table" tabindex="0"><table>';
  parser.renderer.rules.table_close = () => '</table></div>';
  parser.renderer.rules.html_block = hideComments(parser.renderer.rules.html_block);
  parser.renderer.rules.html_inline = hideComments(parser.renderer.rules.html_inline);
}

/** TypeDoc takes the anchor and the entry of the list of headings from text tokens only, so code has to be one. */
function showCode(inline) {
  inline.children = inline.children.flatMap(child => {
    if (child.type !== 'code_inline') return [child];
    return [
      markup(child, '<code>'),
      Object.assign(Object.create(child), { type: 'text', tag: '' }),
      markup(child, '</code>'),
    ];
  });
}

function markup(token, content) {
  return Object.assign(Object.create(token), { type: 'html_inline', tag: '', content });
}

function hideComments(render) {
  return (tokens, index, ...rest) => render(tokens, index, ...rest).replace(/<!--.*?-->\n?/gs, '');
}

function clauseAt(tokens, index) {
  if (tokens[index].type !== 'list_item_open') return undefined;
  const [first, name, last] = (tokens[index + 2]?.children ?? []).filter(
    ({ content, type }) => type !== 'text' || content,
  );
  return first?.type === 'strong_open' && last?.type === 'strong_close' && CLAUSE.test(name.content)
    ? name.content
    : undefined;
}

function textOf({ children }) {
  return children.map(({ type, content }) => (type === 'text' || type === 'code_inline' ? content : '')).join('');
}
