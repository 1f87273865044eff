/** What is in docs/, in four parts: docs/README.md lists it, and so does the side of the site (docs/.vitepress/config.mts). */

export interface Page {
  /** In docs/. */
  readonly file: string;
  readonly title: string;
  /** What a reader finds there. */
  readonly about: string;
}

export interface Part {
  readonly title: string;
  readonly pages: readonly Page[];
}

export const CONTENTS: readonly Part[] = [
  {
    title: 'Guides',
    pages: [
      { file: 'patched-qemu.md', title: 'Check my patched QEMU', about: 'build it, search it, and make sure that it is the patch' },
      { file: 'api.md', title: 'Check my own job', about: 'a custom job, on the command line or in a test suite' },
      { file: 'workload.md', title: 'Check my workload', about: 'record what a guest does, and run it against a backup' },
      { file: 'ci.md', title: 'Run it in CI', about: 'recipes for GitHub, GitLab and Jenkins' },
      { file: 'campaigns.md', title: 'Long searches', about: 'searches that survive a kill, and searches on many machines' },
      { file: 'bug-report.md', title: 'From a trace to a bug report', about: 'one Python file that needs only QEMU, and `git bisect`' },
    ],
  },
  {
    title: 'Reference',
    pages: [
      { file: 'command.md', title: 'Command line', about: 'commands, options, JSON, exit status' },
      { file: 'api-reference.md', title: 'API', about: 'each function, option and type that the package exports' },
      { file: 'trace-format.md', title: 'Trace format', about: 'each key of a trace' },
      { file: 'properties.md', title: 'Properties', about: 'what must hold after every step' },
      { file: 'rules.md', title: 'Rules', about: 'each rule, and what breaks without it' },
      { file: 'limits.md', title: 'Limits', about: 'how large a disk, a log or a trace may be, and what is not modelled' },
      { file: 'glossary.md', title: 'Glossary', about: 'words, steps, shapes of failure' },
      { file: 'versions.md', title: 'Versions', about: 'what a version promises' },
    ],
  },
  {
    title: 'Explanations',
    pages: [
      { file: 'copy-before-write.md', title: 'Copy-before-write in five minutes', about: 'the idea, and what can go wrong' },
      { file: 'qemu-today.md', title: 'QEMU 5.2 to 11.1', about: 'filter and block-copy, step by step, and what they promise' },
      { file: 'qemu-1.6-job.md', title: 'QEMU 1.6, line by line', about: 'the job of 1.6 in the model, beside what that release does' },
      { file: 'drive-backup.md', title: 'The command drive-backup', about: 'what it checks, in which order, and what it does not' },
      { file: 'what-green-means.md', title: 'What green means', about: 'evidence, bounds, proofs, and the smallest counterexample' },
      { file: 'strategies.md', title: 'Strategies', about: 'how soon each strategy finds each broken rule' },
      { file: 'strategies-today.md', title: 'Strategies, block-copy', about: 'how soon each broken rule of block-copy is found' },
      { file: 'real-qemu.md', title: 'How a real QEMU is held', about: 'how its I/O is put into an order' },
      { file: 'qemu-validation.md', title: 'Real logs against the model', about: 'is what QEMU did a run of the model?' },
      { file: 'bench.md', title: 'Benchmarks', about: 'beside fast-check and Spin, on the same steps' },
    ],
  },
  {
    title: 'History',
    pages: [
      { file: 'releases.md', title: 'Bugs in real releases', about: 'what was found, on which release it reproduces' },
      { file: 'broken-builds.md', title: 'Broken builds of QEMU', about: 'which mistakes in a patch a search finds' },
      { file: 'qemu-1.6.md', title: 'What 1.6 did wrong', about: 'its defects, and those of the releases until 4.1' },
      { file: 'top-ending.md', title: 'The end of TOP', about: 'one race, its neighbours, and which releases had them' },
      { file: 'gallery/README.md', title: 'Gallery', about: 'a trace for each rule, explained' },
    ],
  },
];

export const contentsDocument = (): string => `<!-- Written by \`npm run docs\` from tools/docs/contents.ts. -->

# cowcheck

cowcheck checks that a backup of a disk in use shows it as it was at one instant. \`npx cowcheck learn\` opens lessons in the browser.

${CONTENTS.map(sectionOf).join('\n')}`;

const sectionOf = ({ title, pages }: Part): string =>
  `## ${title}\n\n${pages.map(({ file, title: name, about }) => `- [${name}](${file}): ${about}`).join('\n')}\n`;
