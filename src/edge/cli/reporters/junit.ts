/** JUnit's XML, as Jenkins, GitLab and others read it: a suite for each search, a case for each mode and each failure. */
import { element, xml } from '../../../explain/formats/xml.ts';
import type { Reporter } from './reporter.ts';
import type { Case, Result } from './result.ts';

export const junit: Reporter = (results) => {
  const cases = results.flatMap((result) => result.cases);
  const seconds = results.reduce((sum, { duration }) => sum + duration, 0);
  const suites = results.map(suite).join('\n');
  const about = { name: 'cowcheck', ...counts(cases), time: seconds.toFixed(3) };
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', about, suites)}\n`;
};

function suite({ name, started, duration, cowcheck, search, cases }: Result): string {
  const options: Record<string, unknown> = { cowcheck, ...search?.options };
  const properties = Object.entries(options).map(([key, value]) => element('property', { name: key, value: String(value) }));
  const about = { name, ...counts(cases), time: duration.toFixed(3), timestamp: started.slice(0, 'YYYY-MM-DDThh:mm:ss'.length) };
  return element(
    'testsuite',
    about,
    ['', element('properties', {}, properties.join('')), ...cases.map((one) => testcase(one, name)), ''].join('\n'),
  );
}

function testcase(one: Case, suiteName: string): string {
  const about = { name: one.name, classname: `cowcheck.${suiteName}`, ...(one.file === null ? {} : { file: one.file }) };
  if (one.outcome === 'passed') return element('testcase', about);
  const text = [one.message, ...(one.trace === null ? [] : [`trace: ${one.trace}`]), ...(one.command === null ? [] : [one.command])];
  // Unfinished is no failure of what was checked. It must not pass either.
  const name = one.outcome === 'failed' ? 'failure' : 'error';
  return element('testcase', about, element(name, { message: one.message, type: one.kind }, text.map(xml).join('\n')));
}

const counts = (cases: readonly Case[]): Record<string, string> => ({
  tests: String(cases.length),
  failures: String(cases.filter(({ outcome }) => outcome === 'failed').length),
  errors: String(cases.filter(({ outcome }) => outcome === 'unfinished').length),
});
