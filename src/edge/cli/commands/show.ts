/** `cowcheck rules --show`: the job with its rules folded in. */
import { InvalidArgumentError, Option } from 'commander';
import { type JobName, JOB_NAMES, rulesOff } from '../../../../model/families/notifier/eras.ts';
import type { RuleName } from '../../../../model/families/notifier/rules.ts';
import { JOBS_OF_BLOCK_COPY } from '../../../../model/machine/job-names.ts';
import { modelSources, readyJob } from '../../files/sources.ts';
import { FileError } from '../../files/text.ts';
import { invalidName } from '../io/suggestion.ts';
import { ruleNames } from '../io/usage.ts';

export interface ShowFlags {
  show?: JobName;
  with: RuleName[];
  without: RuleName[];
  readonly json: boolean;
}

function jobToShow(text: string): JobName {
  const job = JOB_NAMES.find((name) => name === text);
  if (job !== undefined) return job;
  if (JOBS_OF_BLOCK_COPY.some((name) => name === text))
    throw new InvalidArgumentError('It belongs to the family block-copy; --show works only for the family notifier, qemu-1.6 to qemu-4.1.');
  throw invalidName(text, JOB_NAMES, `correct, or a release from ${JOB_NAMES[1]} to ${JOB_NAMES.at(-1)}`);
}

export const SHOW_OPTIONS = [
  new Option('--show <job>', 'job to print, with its rules folded in').argParser(jobToShow),
  new Option('--with <rule>', '--show: rule to switch on; repeatable').argParser(ruleNames).default([], 'none'),
  new Option('--without <rule>', '--show: rule to switch off; repeatable').argParser(ruleNames).default([], 'none'),
];

/**
 * What `rules --show` writes. The jobs that have a name are there ready-made; others are folded, for which the user brings
 * TypeScript: nothing else needs it.
 * @throws FileError if there is none
 */
export async function shown({ show: job, with: on, without, json }: ShowFlags & { show: JobName }): Promise<string> {
  const asked = { job, with: on, without };
  const asIs = rulesOff({ job, without: [] });
  const wasOn = on.find((rule) => !asIs.includes(rule));
  if (wasOn !== undefined) throw new FileError(`--with ${wasOn} has no effect: that rule is already on in ${job}`);
  const wasOff = without.find((rule) => asIs.includes(rule));
  if (wasOff !== undefined) throw new FileError(`--without ${wasOff} has no effect: that rule is already off in ${job}`);
  const isReady = on.length + without.length === 0;
  const { off, text } = isReady ? { off: rulesOff(asked), text: readyJob(job) } : (await folder()).printOf(asked, modelSources());
  return json ? `${JSON.stringify({ job, off, text })}\n` : text;
}

async function folder(): Promise<typeof import('../../../fold/print.ts')> {
  try {
    return await import('../../../fold/print.ts');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new FileError('--show with --with or --without requires TypeScript 6: npm install typescript@6');
  }
}
