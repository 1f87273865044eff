#!/usr/bin/env node
/**
 * `npm run matrix [-- --seeds 30 --clusters 4 --writes 3]`: for each rule off, in the mode of its trace in
 * traces/rules/, how many schedules each strategy needs until something breaks. Median over the seeds, and
 * in how many of them nothing was found. Writes docs/strategies.md.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { RULES, RULE_NAMES } from '../dist/model/backup/rules.js';
import { Benches, runUnit } from '../dist/src/explore/campaign.js';
import { STRATEGIES } from '../dist/src/explore/strategies.js';
import { generated } from '../dist/src/generate/sources.js';
import { readTrace } from '../dist/src/trace/read.js';

const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '30' }, clusters: { type: 'string', default: '4' }, writes: { type: 'string', default: '3' }, max: { type: 'string', default: '50000' }, out: { type: 'string' } },
});
const [seeds, clusters, writes, schedules] = [values.seeds, values.clusters, values.writes, values.max].map(Number);
const names = Object.keys(STRATEGIES);
const all = Object.fromEntries(names.map((name) => [name, []]));

const rows = RULE_NAMES.map((rule) => {
  const { mode } = readTrace(readFileSync(new URL(`../traces/rules/${rule}.trace.yaml`, import.meta.url), 'utf8')).scenario;
  const cells = names.map((strategy) => {
    const needed = Array.from({ length: seeds }, (_, i) => schedulesUntilFound(rule, mode, strategy, `matrix ${i}`));
    all[strategy].push(...needed);
    return cell(needed);
  });
  process.stderr.write(`${rule}: ${cells.join(' ')}\n`);
  return [rule, mode.toUpperCase(), ...cells];
});

const table = [['rule off', 'mode', ...names], ['---', '---', ...names.map(() => '---:')], ...rows, ['**all: median, p90**', '', ...names.map((name) => `**${quantile(all[name], 0.5)}, ${quantile(all[name], 0.9)}**`)]];
const text = `# How many schedules until a broken rule shows

Written by \`npm run matrix\`: scenarios of up to ${clusters} clusters and ${writes} guest requests, I/O taking effect per
sector, wake order \`any\`; with injected errors where the rule needs them. Each figure is the median of
${seeds} seeds. A figure in brackets says in how many of them nothing was found within ${schedules.toLocaleString('en-US')} schedules.

${table.map((row) => `| ${row.join(' | ')} |`).join('\n')}
`;
writeFileSync(values.out ?? new URL('../docs/strategies.md', import.meta.url), text);

/** Infinity: not within the budget. */
function schedulesUntilFound(rule, mode, strategy, seed) {
  const source = generated({ clusters, clusterSectors: 2, writes, faults: RULES[rule].needsFaults === true });
  const setting = { effects: 'sector', wake: 'any', without: [rule], requestsMin: writes };
  const result = runUnit({ strategy, seed, setting, keepGoing: false }, source, { mode, number: 0, schedules }, new Benches(), () => false);
  return result.found.length === 0 ? Infinity : result.schedules;
}

function cell(needed) {
  const missed = needed.filter((n) => n === Infinity).length;
  return `${quantile(needed, 0.5)}${missed > 0 ? ` (${missed})` : ''}`;
}

function quantile(list, q) {
  const value = list.toSorted((a, b) => a - b)[Math.floor(list.length * q)];
  return value === Infinity ? '-' : value;
}
