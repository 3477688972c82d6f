// The pages of the site in their order, from which its sidebar and the links "previous" and "next" are made. Each page is
// a Markdown file, by its path in the repository; its title is its first heading. `{ folder }` stands for all pages of a
// folder in the order of their names, its README first. A section without pages is left out.
//
// The build fails if a page that is named here does not exist, or if one below docs/ is named nowhere.
export const sections = [
  { title: 'Start', pages: ['README.md', 'docs/anatomy.md'] },
  { title: 'Tutorial', pages: [] },
  {
    title: 'Guides',
    pages: [
      'docs/choosing-a-strategy.md',
      'docs/choosing-a-policy.md',
      'docs/exploring.md',
      'docs/observing.md',
      'docs/scale.md',
      'docs/examples/net/README.md',
      'docs/examples/jobs/README.md',
      'docs/examples/explore/README.md',
    ],
  },
  { title: 'Extending', pages: ['docs/extending.md', 'docs/testing-a-plugin.md', 'docs/typescript.md'] },
  { title: 'Coming from', pages: [] },
  {
    title: 'Reference',
    pages: [
      'docs/contracts.md',
      'docs/performance.md',
      'docs/glossary.md',
      'docs/mutation-testing.md',
      'CONTRIBUTING.md',
      'CHANGELOG.md',
    ],
  },
  { title: 'Decisions', pages: [{ folder: 'docs/decisions' }] },
];
