// The pages of the site in their order, from which its sidebar and the links "previous" and "next" are made. Each page is
// a Markdown file, by its path in the repository; its title is its first heading. `{ folder }` stands for all pages of a
// folder in the order of their names, its README first. A section without pages is left out.
//
// The build fails if a page that is named here does not exist, or if one below docs/ is named nowhere.
export const sections = [
  { title: 'Start', pages: ['README.md', 'docs/anatomy.md'] },
  { title: 'Tutorial', pages: [{ folder: 'docs/tutorial' }] },
  {
    title: 'Guides',
    pages: [
      'docs/choosing-a-strategy.md',
      'docs/choosing-a-policy.md',
      'docs/exploring.md',
      'docs/observing.md',
      'docs/scale.md',
      'docs/platforms.md',
      'docs/examples/net/README.md',
      'docs/examples/jobs/README.md',
      'docs/examples/explore/README.md',
    ],
  },
  {
    title: 'Extending',
    pages: [
      'docs/extending/overview.md',
      'docs/extending/events.md',
      'docs/extending/self-served-events.md',
      'docs/extending/callbacks.md',
      'docs/extending/threads.md',
      'docs/extending/machines.md',
      'docs/extending/descriptors.md',
      'docs/extending/strategies.md',
      'docs/extending/policies.md',
      'docs/extending/instruments.md',
      'docs/extending/proving-it-right.md',
      'docs/extending/types.md',
      'docs/extending/publishing.md',
    ],
  },
  {
    title: 'Coming from',
    pages: [
      'docs/coming-from/async-await.md',
      'docs/coming-from/asyncio.md',
      'docs/coming-from/trio.md',
      'docs/coming-from/kotlin.md',
      'docs/coming-from/effection.md',
      'docs/coming-from/effect.md',
    ],
  },
  {
    title: 'Reference',
    pages: [
      'docs/errors.md',
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
