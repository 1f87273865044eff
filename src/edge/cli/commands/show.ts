/** `cowcheck rules --show`: the job with its rules folded in. */
import { Option } from 'commander';
import { type JobName, JOB_NAMES } from '../../../../model/families/notifier/eras.ts';
import type { RuleName } from '../../../../model/families/notifier/rules.ts';
import { modelSources } from '../../files/sources.ts';
import { ruleNames } from '../io/usage.ts';

export interface ShowFlags {
  show?: JobName;
  with: RuleName[];
  without: RuleName[];
  readonly json: boolean;
}

export const SHOW_OPTIONS = [
  new Option('--show <job>', 'print this job with its rules folded in').choices(JOB_NAMES),
  new Option('--with <rule>', 'for --show: with this rule; may be repeated').argParser(ruleNames).default([], 'none'),
  new Option('--without <rule>', 'for --show: without this rule; may be repeated').argParser(ruleNames).default([], 'none'),
];

/** What `rules --show` writes. TypeScript is loaded only here: nothing else needs it. */
export async function shown({ show: job, with: on, without, json }: ShowFlags & { show: JobName }): Promise<string> {
  const { printOf } = await import('../../../fold/print.ts');
  const { off, text } = printOf({ job, with: on, without }, modelSources());
  return json ? `${JSON.stringify({ job, off, text })}\n` : text;
}
