/** The stages of .ci/run: each has its time, and all together less than 45 minutes. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const text = readFileSync(new URL('../.ci/run', import.meta.url), 'utf8');
const helpers = text.slice(0, text.indexOf('export CI=true'));

function run(stages: string): { status: number | null; stdout: string } {
  return spawnSync('bash', ['-c', `${helpers.replace(/^cd .*$/m, '')}\n${stages}`], { encoding: 'utf8' });
}

it('tells the time of each stage when it ends, and of all at the end', () => {
  const { status, stdout } = run('stage one 20 true\nstage two 30 echo hello');
  expect(status).toBe(0);
  expect(stdout).toMatch(
    /== two: at most 30 s\nhello\n== two +[01] s of +30 s\n\none +[01] s of +20 s\ntwo +[01] s of +30 s\nall stages: [01] s\n$/,
  );
});

it('ends at a stage that fails, or that is over its budget', () => {
  const failed = run('stage bad 20 bash -c "exit 3"\nstage next 20 true');
  expect(failed).toMatchObject({ status: 3, stdout: expect.stringContaining('stage bad has failed with 3') });
  const slow = run('stage slow 1 sleep 20\nstage next 20 true');
  expect(slow).toMatchObject({ status: 124, stdout: expect.stringContaining('stage slow is over its budget') });
  expect(failed.stdout + slow.stdout).not.toContain('next');
});

it('has budgets of less than 45 minutes', () => {
  const budgets = [...text.matchAll(/^(?:stage|function_in_stage) (?:'[^']+'|\S+) (\d+) /gm)].map(([, seconds]) => Number(seconds));
  expect(budgets.length).toBeGreaterThanOrEqual(13);
  expect(budgets.reduce((sum, seconds) => sum + seconds, 0)).toBeLessThan(45 * 60);
});
