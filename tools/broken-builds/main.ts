/**
 * Builds QEMU's storage daemon with one rule of the backup broken at a time, and has `cowcheck qemu` look for it.
 *
 *     npm run broken-builds [-- --help]
 *
 * Exit status: 0 all that must be found was, 1 some was not, 2 bad usage, or a build failed.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { NotFetched } from '../../src/edge/qemu/releases/not-fetched.ts';
import { whyNotHandedOn } from '../../src/edge/qemu/reproducer/check.ts';
import { ROOT } from '../copy-of-tree.ts';
import { bisect } from './bisect.ts';
import { BUILD_PACKAGES, type Build, buildWith, checkMachine, configure } from './build.ts';
import { clearCache, folder, sizeInWords } from './cache.ts';
import { type Results, brokenBuildsDocument } from './document.ts';
import { type Edit, NotApplied } from './edit.ts';
import { EDITS, KNOWN_BUGS } from './edits.ts';
import { Failed } from './run.ts';
import { areSourcesThere, fetchSources, versionOfSources } from './sources.ts';
import { type Budget, type Trial, traceOf, tryBuild } from './trial.ts';

const HELP = `Usage: npm run broken-builds -- [options]

Builds qemu-storage-daemon from Debian's source package of QEMU 10.0, as it is
and with one rule of the backup broken at a time, and runs cowcheck qemu on
each build until it finds a failure.

  --only NAME    this edit, or asItIs or mended (QEMU without an edit); may be
                 repeated (default: all)
  --build        build only
  --bisect NAME  have git bisect run, with the reproducer of a failure of this
                 edit, name the commit that made it, among five
  --document     write docs/broken-builds.md with what came of it
  --runs N       runs of each build, at most (default: 2000)
  --seconds S    seconds for each build, at most (default: 240)
  --seed TEXT    seed of the runs (default: a)
  --workers N    processes of QEMU at once (default: 2)
  --list         print the edits
  --clear        remove sources and builds
  --help         print this

Sources and builds lie in ${folder()}, about 1 GB.
Nothing is installed. These packages of Debian must be:
  ${BUILD_PACKAGES.join(' ')}
`;

const RESULTS = join(ROOT, 'docs/broken-builds.json');
const DOCUMENT = join(ROOT, 'docs/broken-builds.md');

/** @returns the exit status */
async function main(): Promise<number> {
  let options;
  try {
    options = parseArgs({
      options: {
        only: { type: 'string', multiple: true },
        build: { type: 'boolean', default: false },
        bisect: { type: 'string' },
        document: { type: 'boolean', default: false },
        runs: { type: 'string', default: '2000' },
        seconds: { type: 'string', default: '240' },
        seed: { type: 'string', default: 'a' },
        workers: { type: 'string', default: '2' },
        list: { type: 'boolean', default: false },
        clear: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    return refuse((error as Error).message.split('\n', 1)[0]!);
  }
  const { only, runs, seconds, seed, workers } = options;
  if (options.help) return say(HELP);
  if (options.list) return say(EDITS.map(({ name, step, rule }) => `${name.padEnd(20)}${step.padEnd(5)}${rule}\n`).join(''));
  if (options.clear) {
    clearCache();
    return say(`${folder()} is removed.\n`);
  }
  for (const [name, number] of Object.entries({ runs, seconds, workers }))
    if (!/^[1-9]\d{0,8}$/.test(number)) return refuse(`--${name} must be a whole number from 1 to 999999999, and is "${number}"`);
  const unknown = [...(only ?? []), ...(options.bisect === undefined ? [] : [options.bisect])].find(
    (name) => !EDITS.some((edit) => edit.name === name) && (name === options.bisect || !BASELINES.some(([base]) => base === name)),
  );
  if (unknown !== undefined) return refuse(`there is no edit "${unknown}"; --list prints all`);
  const edits = only === undefined ? EDITS : EDITS.filter(({ name }) => only.includes(name));
  await prepare();
  if (options.build) return await buildAll(edits);
  const budget = { runs: Number(runs), seconds: Number(seconds), seed, workers: Number(workers) };
  if (options.bisect !== undefined) return await bisectTo(options.bisect, budget);
  const bases = BASELINES.filter(([name]) => only === undefined || only.includes(name));
  return await tryAll(edits, bases, budget, options.document);
}

async function prepare(): Promise<void> {
  await checkMachine();
  if (!areSourcesThere()) {
    say("fetching Debian's source package of QEMU\n");
    await fetchSources();
  }
  await configure();
}

async function buildAll(edits: readonly Edit[]): Promise<number> {
  for (const [name, changes] of [...BASELINES, ...edits.map((edit) => [edit.name, [edit, ...KNOWN_BUGS]] as const)])
    say(`${name.padEnd(20)} ${howLong(await buildWith(name, changes))}\n`);
  return say(`${sizeInWords()}\n`);
}

/** QEMU as it is, and without its known bugs: what an edit is made in. An edit is applied before them, to QEMU's own text. */
const BASELINES: (readonly [name: 'asItIs' | 'mended', changes: readonly Edit[]])[] = [
  ['asItIs', []],
  ['mended', KNOWN_BUGS],
];

async function tryAll(edits: readonly Edit[], bases: typeof BASELINES, budget: Budget, writes: boolean): Promise<number> {
  const tried = async (name: string, changes: readonly Edit[]): Promise<Trial> => {
    const built = await buildWith(name, changes);
    const trial = await tryBuild(name, built.binary, budget);
    say(`${name.padEnd(20)} ${inWords(trial)} (${howLong(built)})\n`);
    return trial;
  };
  const kept = existsSync(RESULTS) ? (JSON.parse(readFileSync(RESULTS, 'utf8')) as Results) : null;
  const trials: Trial[] = [];
  const { asItIs, mended } = kept ?? {};
  const base: Partial<Record<'asItIs' | 'mended', Trial>> = { ...(asItIs && { asItIs }), ...(mended && { mended }) };
  const written = (): void => {
    const all = EDITS.flatMap(({ name }) => [...trials, ...(kept?.trials ?? [])].find((trial) => trial.name === name) ?? []);
    if (writes && base.asItIs !== undefined && base.mended !== undefined)
      write({ version: versionOfSources(), budget, asItIs: base.asItIs, mended: base.mended, trials: all });
  };
  for (const edit of foundFirst(edits)) {
    trials.push(await tried(edit.name, [edit, ...KNOWN_BUGS]));
    written();
  }
  for (const [name, changes] of bases) {
    base[name] = await tried(name, changes);
    written();
  }
  const missed = trials
    .filter(({ name, verdict }) => verdict !== 'broken' && EDITS.find((edit) => edit.name === name)!.unseen === undefined)
    .map(({ name }) => name);
  say(`${trials.length - missed.length} of ${trials.length} builds came out as they should\n`);
  if (missed.length > 0) say(`not found: ${missed.join(', ')}\n`);
  say(`${sizeInWords()}\n`);
  return missed.length > 0 || base.mended?.verdict !== 'holds' ? 1 : 0;
}

/** What no search finds takes all its runs, so it comes last. */
const foundFirst = (edits: readonly Edit[]): Edit[] => [
  ...edits.filter(({ unseen }) => unseen === undefined),
  ...edits.filter(({ unseen }) => unseen !== undefined),
];

/** @returns the exit status */
async function bisectTo(name: string, budget: Budget): Promise<number> {
  const edit = EDITS.find((one) => one.name === name)!;
  const { binary } = await buildWith(name, [edit, ...KNOWN_BUGS]);
  const trial = await tryBuild(name, binary, budget, true);
  say(`${name.padEnd(20)} ${inWords(trial)}\n`);
  const trace = traceOf(name);
  const why = trace === null ? 'nothing was found' : whyNotHandedOn(trace);
  if (why !== null) return refuse(`there is no reproducer of ${name}: ${why}`);
  const { log, isRight } = await bisect(edit, trace!);
  say(log);
  say(isRight ? 'git bisect named the right commit\n' : 'git bisect named a wrong commit\n');
  return isRight ? 0 : 1;
}

/** After each build, so that nothing is lost if the next one is interrupted. */
function write(results: Results): void {
  writeFileSync(RESULTS, `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(DOCUMENT, brokenBuildsDocument(results, EDITS, KNOWN_BUGS));
}

const howLong = ({ seconds }: Build): string => (seconds === null ? 'was built before' : `built in ${seconds.toFixed(0)} s`);

const inWords = ({ verdict, runs, property, said, seconds }: Trial): string =>
  verdict === 'broken' ? `found in run ${runs}, after ${seconds} s: ${property}: ${said}` : `${verdict} in ${runs} runs, ${seconds} s`;

function say(text: string): number {
  process.stdout.write(text);
  return 0;
}

function refuse(why: string): number {
  process.stderr.write(`broken-builds: ${why}\n`);
  return 2;
}

process.exitCode = await main().catch((error: unknown) => {
  if (error instanceof Failed || error instanceof NotApplied || error instanceof NotFetched) return refuse(error.message);
  throw error;
});
