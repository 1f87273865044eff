/**
 * The floors of the house (docs: architecture, "The house"). Each floor names everything that it may
 * import; what is not on the list, down to `node:` built-ins, packages and files that are not there,
 * is a violation. `npm run floors` checks it. Cycles are not here but in scripts/floors.mjs, which says why.
 *
 * @param {string} name what a violation is called
 * @param {string} comment the rule in one sentence, printed with each violation
 * @param {string} from whom it binds: a regular expression on the path
 * @param {string} only all that these may import: a regular expression on the path
 */
const floor = (name, comment, from, only) => ({ name, comment, severity: 'error', from: { path: from }, to: { pathNot: only } });

const PURE = '^src/(generate|explore|shrink|trace|explain)/';
const PACKAGE = '(^|/)node_modules/';

module.exports = {
  forbidden: [
    floor('kernel', 'the kernel knows no disk and no backup: it imports the kernel', '^model/kernel/', '^model/kernel/'),
    floor('block', 'a block device knows no backup: it imports block and kernel', '^model/block/', '^model/(block|kernel)/'),
    floor('backup', 'backup imports backup, block and kernel', '^model/backup/', '^model/(backup|block|kernel)/'),
    floor('model', 'the model imports nothing but the model', '^model/', '^model/'),
    floor('properties', 'what must hold is said of the model alone: properties import properties and model', '^properties/', '^(properties|model)/'),
    floor('pure', 'it also runs in the page: no `node:` built-in and nothing of the edge', PURE, `^(model|properties)/|${PURE}|${PACKAGE}`),
    {
      name: 'cli',
      comment: 'the command is on top: nobody imports it',
      severity: 'error',
      from: { pathNot: '^src/cli/' },
      to: { path: '^src/cli/' },
    },
  ],
  options: {
    exclude: { path: '\\.spec\\.ts$' }, // specs may import anything
    doNotFollow: { path: PACKAGE },
    tsPreCompilationDeps: true, // an import of types is an import
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
