/**
 * Mistakes in the code of jobs, drawn by rule: of each file and each kind of mistake the one with the smallest id, and of these the few
 * with the smallest ids. What a rule of the model decides is left alone: to switch it off is a mistake by itself (`check --without`).
 * So is what only empties cells at which nobody looks any more, or is for observers.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ALL_SYNC_MODES, SYNC_MODES, type SyncMode, modesWhere } from '../../model/sync.ts';
import { JOBS, jobSubject } from '../false-proofs/draw.ts';
import { BACKUP_OPERATORS } from '../mutants/backup-edits.ts';
import { type Edit, OPERATORS } from '../mutants/edits.ts';
import { type Mutant, byId, mutantsIn } from '../mutants/mutant.ts';

/** Code of a job, and how its mutants are searched. */
export interface Source {
  /** From the root of the tree. */
  readonly file: string;
  /** The correct job whose code it is; null: it is a custom job. */
  readonly job: 'correct' | 'block-copy' | null;
  readonly modes: readonly SyncMode[];
}

export interface DrawnMistake extends Mutant {
  readonly source: Source;
}

const KINDS = [
  'a line moved',
  'a line moved by two',
  'a line deleted',
  'a comparison turned',
  'a condition negated',
  'an operand dropped',
  'off by one',
  'a sum turned',
  'a wake forgotten',
  'one woken instead of all',
  'an error swallowed',
  'looked once instead of until',
  'a range cut to its first',
] as const;
const MISTAKES = { ...Object.fromEntries(KINDS.map((kind) => [kind, OPERATORS[kind]])), ...BACKUP_OPERATORS };
/** Of each file, at most. */
const EACH = 8;

const SWEEP = modesWhere(({ selects }) => selects !== 'none');
const TOP = modesWhere(({ selects }) => selects === 'allocated');
const READABLE = modesWhere(({ readableWhileRunning }) => readableWhileRunning);

const NOTIFIER: readonly (readonly [name: string, modes?: readonly SyncMode[]])[] = [
  ['copy-before-write'],
  ['full', SWEEP],
  ['job'],
  ['none', READABLE],
  ['ruled-job'],
  ['top', TOP],
];
const BLOCK_COPY: typeof NOTIFIER = [
  ['background-call', modesWhere(({ selects }) => selects !== 'none', ALL_SYNC_MODES)],
  ['call'],
  ['call-state'],
  ['end'],
  ['filter'],
  ['job'],
  ['loop'],
  ['request-list'],
  ['scan', TOP],
  ['snapshot', READABLE],
  ['snapshot-access', READABLE],
  ['start'],
  ['state'],
  ['target-requests', READABLE],
  ['task'],
];

/** Members of a class, by the line that they begin with: they only make it, empty its cells, or tell observers. */
const LEFT_ALONE = /^ {2}(?:override )?(?:constructor|#?load\w*|forget|finish|nodeReadBy|(?:get )?\w+Seen)\b/;

/** @returns whether the mistake would be a rule's, would concern none of what runs, or would turn a mark into another one */
function isLeftAlone(text: string, { operator, from, to }: Edit): boolean {
  const lineEnd = text.indexOf('\n', to);
  const lines = text.slice(text.lastIndexOf('\n', from) + 1, lineEnd);
  if (/\brules\.|\bforget\w*\(|\bsetCow\(0, 0\)/.test(lines)) return true;
  if (operator === 'off by one' && !/[-+<>] *$/.test(text.slice(0, from))) return true;
  const member =
    text
      .slice(0, lineEnd)
      .match(/^ {2}[\w#*].*\{$/gm)
      ?.at(-1) ?? '';
  return LEFT_ALONE.test(member);
}

export function sourcesIn(root: string): Source[] {
  const builtIn = (job: 'correct' | 'block-copy', family: string, files: typeof NOTIFIER, all: readonly SyncMode[]): Source[] =>
    files.map(([name, modes = all]) => ({ file: `model/families/${family}/${name}.ts`, job, modes }));
  const custom = JOBS.map((file): Source => ({ file, job: null, modes: jobSubject(join(root, file)).modes }));
  return [
    ...builtIn('correct', 'notifier', NOTIFIER, SYNC_MODES),
    ...builtIn('block-copy', 'block-copy', BLOCK_COPY, ALL_SYNC_MODES),
    ...custom,
  ];
}

/** In the order of their ids. */
export function drawnMistakes(root: string): DrawnMistake[] {
  return sourcesIn(root)
    .flatMap((source) => {
      const text = readFileSync(join(root, source.file), 'utf8');
      const isWanted = (edit: Edit): boolean => !isLeftAlone(text, edit);
      return mutantsIn(source.file, text, MISTAKES, isWanted)
        .filter(({ operator }, i, all) => all.findIndex((other) => other.operator === operator) === i)
        .slice(0, EACH)
        .map((mutant) => ({ ...mutant, source }));
    })
    .toSorted(byId);
}
