/** The corpus: every file under traces/ is a test. Of custom jobs there are only those that stand in examples/; those of a
 * real QEMU are replayed where that release is (.ci/run). */
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import '../src/families/block-copy.ts';
import { RULE_NAMES } from '../model/families/notifier/rules.ts';
import { ruleNamed } from '../model/machine/jobs.ts';
import { loadJob } from '../src/edge/files/custom-job.ts';
import { isCustomJob } from '../model/families/custom/file-name.ts';
import { isFailing, isQemuJob } from '../src/trace/format.ts';
import { readTrace } from '../src/trace/read.ts';
import { replay } from '../src/replay/replay.ts';
import { jsonSchemaText } from '../src/trace/json-schema.ts';
import { writeTraceFile } from '../src/trace/write.ts';

const folder = import.meta.dirname;
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.trace.yaml'))
  .toSorted();
const load = (name: string): string => readFileSync(join(folder, name), 'utf8');

describe.each(files)('%s', (name) => {
  const text = load(name);
  const trace = readTrace(text);

  beforeAll(async () => {
    if (!isCustomJob(trace.job)) return;
    expect(trace.job).toMatch(/^examples\/own-job\/[\w-]+\.mjs$/);
    await loadJob(trace.job);
  });

  it.skipIf(isQemuJob(trace.job))('is reproduced', () => {
    expect(replay(trace)).toMatchObject({ outcome: 'reproduced' });
  });

  it('is formatted canonically, and names the schema of its format', () => {
    const [, schema = ''] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text) ?? [];
    expect(writeTraceFile(trace, schema)).toBe(text);
    expect(readFileSync(join(folder, dirname(name), schema), 'utf8')).toBe(jsonSchemaText());
  });

  it.skipIf(isCustomJob(trace.job) || isQemuJob(trace.job) || !isFailing(trace))('holds once its cause is switched on', () => {
    expect(trace.cause).not.toEqual([]);
    expect(replay(trace, { with: trace.cause, without: [] })).toMatchObject({ outcome: 'holds now' });
  });
});

describe('traces/gallery', () => {
  const gallery = files.filter((name) => name.startsWith('gallery/'));

  it('has one trace for each rule', () => {
    expect(gallery).toEqual(expect.arrayContaining(RULE_NAMES.map((rule) => `gallery/${rule}.trace.yaml`)));
  });

  it.each(RULE_NAMES)('%s is the one rule that its trace has off', (rule) => {
    expect(readTrace(load(`gallery/${rule}.trace.yaml`))).toMatchObject({ without: [rule], cause: [rule] });
  });

  it.each(gallery)('%s says what it is about: no release is known to have had it where none broke its rule', (name) => {
    const { about, cause } = readTrace(load(name));
    const { broken } = ruleNamed(cause[0]!);
    expect(about).toBeDefined();
    expect(about!.reach === 'never').toBe(broken === undefined);
  });
});
