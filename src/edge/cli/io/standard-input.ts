/** Standard input for a command that names it `-`, once, where it takes a trace or a log. */
import type { Command } from 'commander';
import { STANDARD_INPUT } from '../../files/standard-input.ts';

/** Options that take a file of text. */
const OPTIONS = ['workload', 'scenario'] as const;

/** @returns removes what was put by; null: the command does not ask for it */
export async function standardInputOf(command: Command): Promise<(() => void) | null> {
  const options = command.opts<Record<string, unknown>>();
  const asked = [...command.args, ...OPTIONS.map((name) => options[name])].filter((value) => value === STANDARD_INPUT);
  if (asked.length === 0) return null;
  if (asked.length > 1) command.error("'-' is standard input, which can be read only once");
  if (command.name() === 'keep') command.error("'-' is standard input: keep moves a file, so name one");
  const { takeStandardInput } = await import('../../files/standard-input.ts');
  return takeStandardInput();
}
