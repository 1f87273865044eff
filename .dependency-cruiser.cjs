/**
 * The floors of the house (docs: architecture, "The house"). Each floor names everything that it may
 * import; what is not on its list, down to `node:` built-ins, packages and files that are not there,
 * is a violation. `npm run floors` checks it. Circles are not here but in scripts/floors.mjs, which says why.
 *
 * Specs may import anything, and so may a `testing.ts`, which is for specs only and kept so here.
 */
const PURE = '^src/(generate|explore|shrink|trace|explain|fold|matrix|ending|docs|validate)/';
const PACKAGE = '(^|/)node_modules/';
const TESTING = '(^|/)testing\\.ts$';

/**
 * @param {string} name what a violation is called
 * @param {string} comment the rule in one sentence, printed with each violation
 * @param {string} from whom it binds: a regular expression on the path
 * @param {string} only all that these may import: a regular expression on the path
 */
const floor = (name, comment, from, only) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, pathNot: TESTING },
  to: { pathNot: only },
});

/** What only some may import. */
const keptFor = (name, comment, from, to) => ({ name, comment, severity: 'error', from: { pathNot: from }, to: { path: to } });

module.exports = {
  forbidden: [
    floor('kernel', 'the kernel knows no disk and no backup, so it imports only the kernel', '^model/kernel/', '^model/kernel/'),
    floor('block', 'a block device knows no backup, so it imports only block and kernel', '^model/block/', '^model/(block|kernel)/'),
    floor(
      'job',
      'what a job keeps knows nothing of what a backup does with it, so it imports only job, block and kernel',
      '^model/job/',
      '^model/(job|block|kernel)/',
    ),
    floor('backup', 'backup imports only backup, job, block and kernel', '^model/backup/', '^model/(backup|job|block|kernel)/'),
    floor(
      'command',
      "what the command refuses is told without a disk: it imports only the job's types",
      '^model/command/',
      '^model/(command|backup|job)/',
    ),
    floor(
      'reductions',
      'what nobody notices follows from the backup, so it imports only that and what is below',
      '^model/reductions/',
      '^model/(reductions|backup|job|block|kernel)/',
    ),
    floor('model', 'the model imports only the model', '^model/(?!(kernel|block|job|backup|command|reductions)/)', '^model/'),
    floor(
      'properties',
      'what must hold is said of the model, so properties import only properties and model',
      '^properties/',
      '^(properties|model)/',
    ),
    floor(
      'pure',
      'it also runs in the page, so it imports no `node:` built-in and nothing of the edge',
      PURE,
      `^(model|properties)/|${PURE}|${PACKAGE}`,
    ),
    floor(
      'page',
      'it runs in a browser, so it imports only the page, what also runs there, and packages',
      '^web/(?!(page|e2e)/)',
      `^web/(?!e2e/|page/page\\.ts)|^(model|properties)/|${PURE}|${PACKAGE}`,
    ),
    floor(
      'run',
      'a run is the same whoever looks at it, so it knows nothing of the screens',
      '^web/run/',
      `^(web/run|model|properties)/|${PURE}`,
    ),
    keptFor('web', 'the page is on top, so nobody else imports it', '^web/', '^web/'),
    keptFor('cli', 'the command is on top, so nobody else imports it', '^src/cli/', '^src/cli/'),
    keptFor('tools', 'tools examine the house from outside, so no floor imports them', '^tools/', '^tools/'),
    keptFor('testing', 'it is for specs only', TESTING, TESTING),
  ],
  options: {
    exclude: { path: '\\.spec\\.ts$' },
    doNotFollow: { path: PACKAGE },
    tsPreCompilationDeps: true, // an import of types is an import
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
