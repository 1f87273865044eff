/**
 * The floors of the house (docs: architecture, "The house"). Each floor names everything that it may
 * import; what is not on its list, down to `node:` built-ins, packages and files that are not there,
 * is a violation. So is a circle of imports, of types or of values, between files or between folders.
 * `npm run floors` checks it.
 *
 * Specs may import anything, and so may a `testing.ts`, which is for specs only and kept so here.
 */
const PURE = '^src/(families|scenarios|search|replay|trace|shrink|explain|fold|matrix|run|validate)/';
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
    floor(
      'block',
      'a block device knows no backup, so it imports only block, kernel and what steps mean',
      '^model/block/',
      '^model/((block|kernel)/|meaning\\.ts)',
    ),
    floor('meaning', 'what a step means is known above the kernel, so it imports only the kernel', '^model/meaning\\.ts', '^model/kernel/'),
    floor(
      'job',
      'what jobs have in common knows no family of them, so it imports only job, block, kernel, the sync modes and what steps mean',
      '^model/job/',
      '^model/((job|block|kernel)/|(sync|meaning)\\.ts)',
    ),
    floor(
      'notifier',
      'a family of jobs imports only itself, the seam, job, block, kernel, the sync modes and what steps mean',
      '^model/families/notifier/',
      '^model/((families/notifier|job|block|kernel)/|(families/(eras|family|history|releases|rule)|sync|meaning)\\.ts)',
    ),
    floor(
      'custom',
      'custom jobs are a family of their own, so they import only custom, the seam, job, block, kernel, the sync modes and what steps mean',
      '^model/families/custom/',
      '^model/((families/custom|job|block|kernel)/|(families/(eras|family|history|releases|rule)|sync|meaning)\\.ts)',
    ),
    floor(
      'block-copy',
      'a family of jobs imports only itself, the seam, job, block, kernel, the sync modes and what steps mean',
      '^model/families/block-copy/',
      '^model/((families/block-copy|job|block|kernel)/|(families/(eras|family|history|releases|rule)|sync|meaning)\\.ts)',
    ),
    floor(
      'example',
      'a family of jobs imports only itself, the seam, job, block, kernel, the sync modes and what steps mean',
      '^model/families/example/',
      '^model/((families/example|job|block|kernel)/|(families/family|sync|meaning)\\.ts)',
    ),
    floor(
      'scenario',
      'a scenario is data, so it imports only what names its values',
      '^model/scenario/',
      '^model/((scenario|job|block|kernel)/|sync\\.ts)',
    ),
    floor('model', 'the model imports only the model', '^model/machine/', '^model/'),
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
    keptFor('web', 'the page is on top, so nobody else imports it', '^web/', '^web/'),
    keptFor('cli', 'the command is on top, so only tools import it', '^(src/edge/cli|tools)/', '^src/edge/cli/'),
    keptFor('tools', 'tools examine the house from outside, so no floor imports them', '^tools/', '^tools/'),
    { name: 'circle', comment: 'files import each other in a circle', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'folder-circle',
      comment: 'folders import each other in a circle',
      severity: 'error',
      scope: 'folder',
      from: {},
      to: { circular: true },
    },
    keptFor('testing', 'it is for specs only', TESTING, TESTING),
  ],
  options: {
    exclude: { path: '\\.spec\\.ts$' },
    doNotFollow: { path: PACKAGE },
    tsPreCompilationDeps: true, // an import of types is an import
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
