import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { type Stage, runStages } from './run-stages.ts';
import { STAGES } from './stages.ts';

const stage = (name: string, code: string, seconds = 20): Stage => ({
  name,
  does: 'something',
  minutes: seconds / 60,
  command: [process.execPath, '-e', code],
});
const NEVER_ENDS = 'setInterval(() => {}, 1000)';

async function outcomesOf(
  stages: readonly Stage[],
  interrupt: AbortSignal = new AbortController().signal,
): Promise<{ outcomes: [string, string][]; lines: string[] }> {
  const lines: string[] = [];
  const results = await runStages(stages, interrupt, (line) => lines.push(line));
  return { outcomes: results.map(({ name, outcome }) => [name, outcome]), lines };
}

it('runs all stages, whatever fails, and tells the time of each', async () => {
  const { outcomes, lines } = await outcomesOf([
    stage('good', ''),
    stage('bad', 'process.exit(3)'),
    { ...stage('absent', ''), command: ['/no/such/program'] },
    stage('last', ''),
  ]);
  expect(outcomes).toEqual([
    ['good', 'passed'],
    ['bad', 'failed'],
    ['absent', 'failed'],
    ['last', 'passed'],
  ]);
  expect(lines.filter((line) => /\d\.\d s of 20 s$/.test(line))).toHaveLength(4);
});

it('stops a stage that is over its budget', async () => {
  expect((await outcomesOf([stage('slow', NEVER_ENDS, 0.3), stage('next', '')])).outcomes).toEqual([
    ['slow', 'over its budget'],
    ['next', 'passed'],
  ]);
});

it('ends with what the stage has started, and begins no other one, when interrupted', async () => {
  const interrupt = new AbortController();
  const folder = mkdtempSync(join(tmpdir(), 'cowcheck-stages-'));
  const file = join(folder, 'beats');
  const beats = (): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  const child = `setInterval(() => require('node:fs').appendFileSync(${JSON.stringify(file)}, '.'), 10)`;
  const parent = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(child)}]); ${NEVER_ENDS}`;
  const waiting = setInterval(() => beats() > 0 && interrupt.abort(), 20);
  const { outcomes } = await outcomesOf([stage('long', parent, 60), stage('next', '')], interrupt.signal);
  clearInterval(waiting);
  const before = beats();
  await sleep(200);
  expect(outcomes).toEqual([['long', 'interrupted']]);
  expect(before).toBeGreaterThan(0);
  expect(beats()).toBe(before);
  rmSync(folder, { recursive: true });
});

it('has budgets of less than eight hours', () => {
  expect(STAGES.reduce((sum, { minutes }) => sum + minutes, 0)).toBeLessThan(8 * 60);
  expect(new Set(STAGES.map(({ name }) => name)).size).toBe(STAGES.length);
});
