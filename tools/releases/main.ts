/**
 * Runs each trace of traces/releases/ on each release of QEMU that is here, by cowcheck and by its reproducer, forces each of
 * traces/today/, asks it which bitmap-mode goes with which sync mode, and writes what became of it to docs/releases.md.
 *
 *     npm run releases-table
 *
 * Exit status: 0 both agree everywhere, and the model's bitmap-modes are QEMU's; 1 they do not: then nothing is written.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import '../../src/families/block-copy.ts';
import { askBitmapModes } from '../../src/edge/qemu/daemon/bitmap-modes.ts';
import { Daemon } from '../../src/edge/qemu/daemon/daemon.ts';
import { project } from '../../src/edge/qemu/campaign/projection.ts';
import { Host } from '../../src/edge/qemu/case/host.ts';
import { replayOnQemu } from '../../src/edge/qemu/campaign/replay.ts';
import { type Release, releases } from '../../src/edge/qemu/releases/store.ts';
import { reproducerOf } from '../../src/edge/qemu/reproducer/reproducer.ts';
import { readTrace } from '../../src/trace/read.ts';
import { ROOT, scratchFolder } from '../copy-of-tree.ts';
import { type BitmapModes, type Cell, type Column, type ForcedCell, atOddsWithModel, releasesDocument, wordOf } from './document.ts';

const FOLDER = 'traces/releases';
/** Traces of the model. */
const MODELS = 'traces/today';
const SECONDS_MAX = 120;

const scratch = scratchFolder('releases');
mkdirSync(scratch, { recursive: true });

async function cellOf(path: string, { suite, daemon }: Release, host: Host): Promise<Cell> {
  const trace = readTrace(readFileSync(join(ROOT, path), 'utf8'));
  const { outcome, detail } = await replayOnQemu(host, trace);
  const file = join(scratch, 'reproducer.py');
  writeFileSync(file, reproducerOf(trace));
  const { status, stdout } = spawnSync('python3', [file, daemon], { encoding: 'utf8', timeout: SECONDS_MAX * 1000 });
  return { trace: path, suite, outcome, detail, status, said: lastOf(stdout) };
}

/** What it ended with, and in how many steps another request came, or none. */
function lastOf(stdout: string): string {
  const lines = stdout.split('\n').map((line) => line.trim());
  const otherwise = lines.filter((line) => line.includes('(another one, or none)')).length;
  return `${lines.findLast((line) => line !== '') ?? ''}${otherwise === 0 ? '' : ` (not as in the trace: ${otherwise} of its steps)`}`;
}

async function forcedOn(path: string, suite: string, host: Host): Promise<ForcedCell> {
  const { outcome, detail } = await project(host, readTrace(readFileSync(join(ROOT, path), 'utf8')));
  return { trace: path, suite, outcome, detail };
}

async function bitmapModesOf({ suite, daemon }: Release): Promise<BitmapModes> {
  const one = await Daemon.start(daemon);
  try {
    return { suite, answers: await askBitmapModes(one.qmp) };
  } finally {
    await one.stop();
  }
}

const tracesIn = (folder: string): string[] =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.trace.yaml'))
    .toSorted()
    .map((name) => `${folder}/${name}`);

const here = releases();
const traces = tracesIn(FOLDER);
const columns: Column[] = [];
const cells: Cell[] = [];
const forced: ForcedCell[] = [];
const bitmapModes: BitmapModes[] = [];
for (const release of here) {
  bitmapModes.push(await bitmapModesOf(release));
  const host = await Host.start(release.daemon);
  try {
    columns.push({ suite: release.suite, version: host.version });
    for (const path of traces) cells.push(await cellOf(path, release, host));
    for (const path of tracesIn(MODELS)) forced.push(await forcedOn(path, release.suite, host));
  } finally {
    await host.stop();
  }
}

const atOdds = cells.filter((cell) => wordOf(cell) === null);
for (const { trace, suite, outcome, status, said } of atOdds)
  console.log(`${trace} on ${suite}: cowcheck says ${outcome}, and its reproducer ends with ${status}: ${said}`);
const otherwise = bitmapModes.flatMap((one) => atOddsWithModel(one).map((answer) => ({ suite: one.suite, ...answer })));
for (const { suite, sync, given, isTaken } of otherwise)
  console.log(`${suite} ${isTaken ? 'takes' : 'refuses'} sync ${sync} with ${given}, and the model does not`);
if (atOdds.length + otherwise.length > 0 || cells.length === 0) process.exitCode = 1;
else {
  writeFileSync(join(ROOT, 'docs/releases.md'), releasesDocument(columns, cells, forced, bitmapModes));
  console.log(`wrote docs/releases.md: ${traces.length} traces on ${here.length} releases`);
}
