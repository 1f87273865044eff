/** The sources of the checker of which mutants are made, and the specs that are nearest to each. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

export type Part = 'properties' | 'exhaustive search' | 'reductions' | 'shrinking' | 'minimality';

/** Files of a part, and how many mutants each of them gives. */
interface Group {
  readonly part: Part;
  readonly files: readonly string[];
  readonly each: number;
}

const GROUPS: readonly Group[] = [
  {
    part: 'properties',
    files: [
      'always-finishes',
      'cancel-is-clean',
      'copies-no-more',
      'ends-in-order',
      'errors-are-told',
      'given-up',
      'guest-unharmed',
      'guests-in-model',
      'nothing-freed',
      'reads-returned',
      'progress-adds-up',
      'reader-in-model',
      'snapshot-in-model',
      'snapshot-kept',
      'stable-reader',
      'waiting',
      'watch',
    ].map((name) => `properties/${name}.ts`),
    each: 3,
  },
  {
    part: 'exhaustive search',
    files: ['exhaustive/exhaustive', 'exhaustive/sleep-sets', 'exhaustive/pending-footprints', 'state-set'].map(
      (name) => `src/search/${name}.ts`,
    ),
    each: 4,
  },
  {
    part: 'reductions',
    files: [
      'src/search/exhaustive/reductions.ts',
      'model/families/notifier/ample-steps/course.ts',
      'model/families/notifier/ample-steps/ample-steps.ts',
      'model/machine/independence.ts',
      'model/families/notifier/ample-steps/cell-regions.ts',
    ],
    each: 5,
  },
  { part: 'shrinking', files: ['candidates', 'cost', 'normal-form', 'fixed', 'shrink'].map((name) => `src/shrink/${name}.ts`), each: 2 },
  {
    part: 'minimality',
    files: [
      'src/search/minimal/minimal-schedule.ts',
      'src/search/campaign/state-graph.ts',
      'src/shrink/family.ts',
      'src/shrink/minimality.ts',
    ],
    each: 3,
  },
];

export interface Source {
  readonly file: string;
  readonly part: Part;
  readonly mutants: number;
}

/** Those that the tree has. */
export const sourcesIn = (root: string): Source[] =>
  GROUPS.flatMap(({ part, files, each }) =>
    files.filter((file) => existsSync(join(root, file))).map((file) => ({ file, part, mutants: each })),
  );

const OF_THE_SEARCH = [
  'src/search/exhaustive/golden-counts.spec.ts',
  'src/search/exhaustive/custom-job.spec.ts',
  'src/search/exhaustive/exhaustive-stack.spec.ts',
  'src/search/exhaustive/reductions.spec.ts',
  'src/search/exhaustive/exhaustive.spec.ts',
];

/** Where specs of a file are that are not beside it. */
const ELSEWHERE: Readonly<Record<string, readonly string[]>> = {
  'src/search/exhaustive/reductions.ts': [
    'src/search/exhaustive/golden-counts.spec.ts',
    'src/search/exhaustive/twins.spec.ts',
    'src/search/exhaustive/exhaustive.spec.ts',
  ],
  'src/search/state-set.ts': ['src/search/exhaustive/golden-counts.spec.ts', 'src/search/exhaustive/exhaustive.spec.ts'],
  'src/search/campaign/state-graph.ts': ['src/search/campaign/memoizing-runner.spec.ts', 'src/search/minimal/minimal-schedule.spec.ts'],
  'model/machine/independence.ts': [
    'src/search/exhaustive/golden-counts.spec.ts',
    'src/search/exhaustive/reductions.spec.ts',
    'src/search/exhaustive/exhaustive.spec.ts',
  ],
  'model/families/notifier/ample-steps': [
    'src/search/exhaustive/golden-counts.spec.ts',
    'src/search/exhaustive/reductions.spec.ts',
    'src/search/exhaustive/exhaustive.spec.ts',
  ],
  'src/search/exhaustive/exhaustive.ts': OF_THE_SEARCH,
  'src/search/exhaustive/sleep-sets.ts': OF_THE_SEARCH,
  'src/search/exhaustive/pending-footprints.ts': OF_THE_SEARCH,
  'properties/guests-in-model.ts': ['properties/guest-unharmed.spec.ts'],
  'properties/reader-in-model.ts': ['properties/stable-reader.spec.ts'],
  'properties/reads-returned.ts': ['properties/broken-snapshot.spec.ts', 'properties/given-up.spec.ts'],
  'properties/snapshot-in-model.ts': ['properties/snapshot-kept.spec.ts'],
  'properties/watch.ts': ['properties/all.spec.ts', 'properties/snapshot-kept.spec.ts', 'properties/guest-unharmed.spec.ts'],
  'src/shrink': ['src/shrink/shrink.spec.ts'],
};

/** The specs to be run first: the one beside a file, those named above, and those that begin with the file's name. */
export function nearestSpecs(file: string, root: string): string[] {
  const [folder, name] = [dirname(file), basename(file, '.ts')];
  const beside = readdirSync(join(root, folder)).filter(
    (other) =>
      other.endsWith('.spec.ts') &&
      (other.startsWith(`${name}.`) || other.startsWith(`${name}-`) || folder === 'model/families/notifier/ample-steps'),
  );
  const named = beside.map((spec) => `${folder}/${spec}`);
  return [...new Set([...named, ...(ELSEWHERE[file] ?? []), ...(ELSEWHERE[folder] ?? [])])].filter((spec) => existsSync(join(root, spec)));
}
