import { DefaultTheme, DefaultThemeRenderContext, JSX } from 'typedoc';

const element = JSX.createElement;

/**
 * The look of TypeDoc with a sidebar of our own: the sections of pages, then the packages.
 *
 * @param {import('./site.mjs').Site} site
 */
export function createTheme(site) {
  class SiteContext extends DefaultThemeRenderContext {
    breadcrumbs = model => (model.isDocument() ? sectionOf(site, model) : trail(this, model));
  }

  return class SiteTheme extends DefaultTheme {
    ContextClass = SiteContext;

    buildNavigation(project) {
      const modules = new Map(super.buildNavigation(project).map(each => [each.text, each]));
      const guides = site.sections.map(({ title, pages }) => ({
        text: title,
        children: pages.map(page => ({ text: page.title, path: this.router.getFullUrl(site.targetOf(page)) })),
      }));
      const packages = site.packages.map(({ entryPoints: [main, ...others] }) => {
        const node = modules.get(main.name);
        return {
          ...node,
          kind: undefined,
          children: [...others.map(({ name }) => modules.get(name)), ...(node.children ?? [])],
        };
      });
      return [...guides, { text: 'API', children: packages }];
    }
  };
}

function sectionOf(site, model) {
  const section = site.sections.find(({ pages }) => pages.some(page => site.targetOf(page) === model));
  return section && element('ul', { class: 'tsd-breadcrumb' }, element('li', null, section.title));
}

function trail(context, model) {
  const path = [];
  for (let each = model; each.parent; each = each.parent) path.unshift(each);
  return element(
    'ul',
    { class: 'tsd-breadcrumb', 'aria-label': 'Breadcrumb' },
    ...path.slice(0, -1).map(each => element('li', null, element('a', { href: context.urlTo(each) }, each.name))),
  );
}

/** At first the sections of the sidebar are open, but for the long ones; then they are as the reader left them. */
export function openSections({ sections }) {
  const titles = sections.map(({ title }) => title).filter(title => title !== 'Decisions');
  const html = `for (const title of ${JSON.stringify(titles)}) localStorage['tsd-accordion-' + title] ??= 'true';`;
  return element('script', null, element(JSX.Raw, { html }));
}

/** The links to the page before and to the one after. */
export function neighbours(site, context) {
  const pages = site.sections.flatMap(section => section.pages);
  const index = pages.findIndex(page => site.targetOf(page) === context.model);
  if (index < 0) return element(JSX.Fragment, null);
  const link = (page, rel) =>
    page &&
    element('a', { rel, href: context.relativeURL(context.router.getFullUrl(site.targetOf(page))) }, page.title);
  return element(
    'nav',
    { class: 'neighbours', 'aria-label': 'Pages' },
    link(pages[index - 1], 'prev'),
    link(pages[index + 1], 'next'),
  );
}
