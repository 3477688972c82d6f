import { expect } from 'chai';
import { faultOf, isBuilt, type Page, parse, readPages, SITE } from './built-site.js';

describe('the site of the docs', function () {
  this.timeout(60_000);
  let pages: Map<string, Page>;

  before(function () {
    if (isBuilt()) {
      pages = readPages(SITE);
      return;
    }
    console.log('    skipped: npm run docs has not built it');
    this.skip();
  });

  it('has no dead link, be it to a page, to an anchor, or to a picture', () => {
    const faults = [...pages.values()].flatMap(page =>
      page.links
        .map(link => ({ link, fault: faultOf(link, page, pages, SITE) }))
        .filter(({ fault }) => fault !== undefined)
        .map(({ link, fault }) => `${page.path}: ${link} ${fault}`),
    );
    expect(pages.size).to.be.above(500);
    expect(faults).to.deep.equal([]);
  });

  it('has an anchor for each clause of the contracts', () => {
    const { anchors } = pages.get('docs/contracts.html')!;
    for (const clause of ['l1', 'l31', 't1', 'z2', 'events-and-the-loop-l']) expect([...anchors]).to.include(clause);
  });
});

describe('the check of links', () => {
  const page = parse(
    'a/b.html',
    '<h1 id="top">x</h1><a class="q" href="../c.html#d&amp;e">y</a><script>"<a href="no">"</script>',
  );
  const pages = new Map([page, parse('c.html', '<p id="d">')].map(each => [each.path, each]));
  const check = (link: string) => faultOf(link, page, pages, '/nowhere');

  it('finds the links and the anchors of a page, not those of its scripts', () => {
    expect(page.links).to.deep.equal(['../c.html#d&e']);
    expect([...page.anchors]).to.deep.equal(['top']);
  });

  it('accepts what is there', () => {
    for (const link of ['#top', '../c.html', '../c.html#d', 'https://example.org/x']) {
      expect(check(link), link).to.equal(undefined);
    }
  });

  it('refuses what is not', () => {
    expect(check('#bottom')).to.equal('leads to no such anchor');
    expect(check('../c.html#e')).to.equal('leads to no such anchor');
    expect(check('c.html')).to.equal('leads to no file');
    expect(check('../')).to.equal('leads to no file');
    expect(check('/c.html')).to.equal('works in one place only');
    expect(check('file:///c.html')).to.equal('works in one place only');
    expect(check('https://')).to.equal('is no address');
  });
});
