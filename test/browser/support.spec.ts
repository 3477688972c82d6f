import { expect } from 'chai';
import { Chromium } from '../support/chromium.js';
import { PageServer } from '../support/page-server.js';

describe('a page in Chromium', function () {
  this.timeout(30_000);
  const chromium = new Chromium();
  chromium.installIn({ before, after });
  const files: Readonly<Record<string, string>> = {
    'good.html': '<!doctype html><title>Good</title><script>console.log("hello")</script>',
    'bad.html': `<!doctype html><script src="missing.js"></script>
      <script>console.error('logged'); throw new Error('thrown')</script>`,
  };
  const server = new PageServer(path => files[path]);
  before(() => server.start());
  after(() => server.close());

  it('has no errors if all is well', async () => {
    const { page, errors } = await chromium.open(server.address('good.html'));
    expect(await page.title()).to.equal('Good');
    expect(errors).to.deep.equal([]);
  });

  it('shows what went wrong in it', async () => {
    const { errors } = await chromium.open(server.address('bad.html'));
    expect(errors).to.have.lengthOf(3);
    expect(errors.join()).to.include('logged').and.include('thrown').and.include('missing.js');
  });

  it('is isolated if the server says so', async () => {
    for (const isIsolated of [true, false]) {
      const address = isIsolated ? server.isolatedAddress('good.html') : server.address('good.html');
      const { page } = await chromium.open(address);
      expect(await page.evaluate('crossOriginIsolated')).to.equal(isIsolated);
    }
  });
});
