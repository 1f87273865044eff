/** The rules of the job's family: which were on, which off, and which of those a failure needed. */
import { isCustomJob } from '../../../../../model/families/custom/file-name.ts';
import { type JobName, type RuleName, familyOfJob } from '../../../../../model/machine/job-names.ts';
import { rulesOff, rulesOfFamily } from '../../../../../model/machine/jobs.ts';
import { element, xml } from '../../../../explain/formats/xml.ts';
import type { SearchJson } from '../result.ts';

interface RuleOptions {
  readonly job?: string;
  readonly without?: readonly RuleName[];
}

export function aboutRules({ options, failures }: SearchJson): string {
  const { job, without = [] } = options as RuleOptions;
  if (job === undefined || isCustomJob(job)) return '';
  const off = rulesOff({ job: job as JobName, without });
  const all = Object.entries(rulesOfFamily(familyOfJob(job as JobName)));
  const missed = new Set(failures.flatMap(({ cause }) => cause));
  const found = off.filter((name) => missed.has(name)).length;
  const summary =
    off.length === 0
      ? `All ${all.length} rules of the family were on.`
      : `${off.length} of ${all.length} rules were off. The search found failures caused by ${found} of them.`;
  const rows = all
    .filter(([name]) => off.includes(name as RuleName))
    .map(
      ([name, { sentence }]) =>
        `<tr>${element('th', { scope: 'row' }, element('code', {}, xml(name)))}` +
        `<td>${missed.has(name as RuleName) ? FOUND : NOT_FOUND}</td><td>${xml(sentence)}</td></tr>`,
    );
  const table = rows.length === 0 ? '' : `<div class="wide"><table class="stack"><tbody>${rows.join('')}</tbody></table></div>`;
  return `<h2>Rules</h2>${element('p', {}, xml(summary))}${table}`;
}

const FOUND = '<span class="badge broken">missed</span>';
const NOT_FOUND = '<span class="badge unfinished">off, nothing found</span>';
