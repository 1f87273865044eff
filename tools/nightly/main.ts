/**
 * `npm run nightly [-- --only STAGE ...]`: the checks that take too long for CI.
 *
 * Exit status: 0 all stages passed, 1 one failed or took longer than its budget, 2 bad usage, 130 interrupted.
 */
import { parseArgs } from 'node:util';
import { lineOf, runStages } from './run-stages.ts';
import { STAGES } from './stages.ts';

const HELP = `Usage: npm run nightly -- [options]

  --only STAGE  this stage; may be repeated (default: all stages)
  --list        print the stages and their budgets
  --help        print this
`;

const stageNamed = (name: string): (typeof STAGES)[number] | undefined => STAGES.find((stage) => stage.name === name);

process.exitCode = await main();

/** @returns the exit status */
async function main(): Promise<number> {
  let options;
  try {
    options = parseArgs({
      options: { only: { type: 'string', multiple: true }, list: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    }).values;
  } catch (error) {
    return refuse((error as Error).message.split('\n', 1)[0]!);
  }
  if (options.help === true) return print(HELP);
  if (options.list === true)
    return print(STAGES.map(({ name, minutes, does }) => `${name.padEnd(18)}${String(minutes).padStart(4)} min  ${does}\n`).join(''));
  const unknown = options.only?.find((name) => stageNamed(name) === undefined);
  if (unknown !== undefined) return refuse(`there is no stage "${unknown}", but ${STAGES.map(({ name }) => name).join(', ')}.`);
  return runAll(options.only === undefined ? STAGES : STAGES.filter(({ name }) => options.only!.includes(name)));
}

async function runAll(stages: typeof STAGES): Promise<number> {
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupt.abort());
  const results = await runStages(stages, interrupt.signal, (line) => process.stdout.write(`${line}\n`));
  print(`\n${results.map((result) => `${lineOf(result, stageNamed(result.name)!)}\n`).join('')}`);
  if (interrupt.signal.aborted) return 130;
  return results.every(({ outcome }) => outcome === 'passed') ? 0 : 1;
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

function refuse(why: string): number {
  process.stderr.write(`nightly: ${why} See: npm run nightly -- --help\n`);
  return 2;
}
