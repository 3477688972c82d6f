// Types that signatures of a package use, and that it does not export: parts of a type that say nothing by themselves, and
// what only our own classes see of each other. The build warns of any other, since a reader finds no page of it: export
// it, or name it here.
export const hiddenTypes = {
  '@escapement/core': [
    'AbortSignalLike',
    'ContextEntry',
    'KindsChecked',
    'Limiting',
    'Makes',
    'Type',
    'WaitTarget',
    'Waiting',
    'WithOwnKind',
  ],
  '@escapement/combinators': ['EventsInOne', 'EventsOf', 'Made', 'MapEvent', 'PlaceOf', 'RaceEvent'],
  '@escapement/promises': ['Settler'],
  '@escapement/strategies': ['ThreadSlack'],
  '@escapement/sync': ['Acquirable', 'Publications', 'QueueEnds'],
  'create-escapement-plugin': ['KINDS', 'LANGUAGES'],
};
