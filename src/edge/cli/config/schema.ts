/** What a configuration may say, made of the options of the commands: for reading one, and as JSON Schema for editors. */
import type { Command, Option } from 'commander';
import { z } from 'zod';
import { BUILT_IN_PROPERTIES, NEVER_SKIPPED } from '../../../../model/families/custom/property.ts';
import { ListOption } from '../io/one-line.ts';

/** Options that say what a command is asked about once, and not how. */
const NOT_FOR_FILES = new Set(['version', 'help', 'config', 'profile', 'printConfig', 'scenario', 'watch']);

/** Some of these, comma-separated. */
const listOf = (choices: readonly string[]): z.ZodType =>
  z.string().regex(new RegExp(`^(${choices.join('|')})(,(${choices.join('|')}))*$`));

/** A value of an option: as it is typed, or as JSON has it. */
function valueOf(option: Option): z.ZodType {
  const { argChoices: choices } = option;
  const one = choices === undefined ? z.union([z.string(), z.number()]) : option instanceof ListOption ? listOf(choices) : z.enum(choices);
  const isSwitch = option.isBoolean() || option.negate;
  const described = isSwitch ? z.boolean() : Array.isArray(option.defaultValue) ? z.array(one) : one;
  return described.describe(option.description);
}

export const mayStandInFile = (option: Option): boolean => !NOT_FOR_FILES.has(option.attributeName());

/** A section: the options of a command, by their long names in camel case. */
function sectionOf(command: Command): z.ZodType {
  const options = command.options.filter(mayStandInFile);
  return z.strictObject(Object.fromEntries(options.map((option) => [option.attributeName(), valueOf(option).optional()])));
}

/** @param commands with their options */
export function configSchema(commands: readonly Command[]): z.ZodType {
  const sections = Object.fromEntries(
    commands.filter(({ options }) => options.length > 0).map((command) => [command.name(), sectionOf(command).optional()]),
  );
  return z.strictObject({
    $schema: z.string().optional(),
    ...sections,
    properties: z
      .array(z.any())
      .optional()
      .describe('Custom properties, in addition to the built-in ones (docs/api.md). Only in a module.'),
    skip: z
      .array(z.enum(BUILT_IN_PROPERTIES.filter((name) => name !== NEVER_SKIPPED)))
      .optional()
      .describe('Names of properties that are not checked.'),
    profiles: z
      .record(z.string(), z.strictObject(sections))
      .optional()
      .describe('profiles by name: --profile NAME adds or overrides options'),
  });
}

/** Draft 7, which editors know best. */
export function configSchemaText(commands: readonly Command[]): string {
  const { $schema, ...schema } = z.toJSONSchema(configSchema(commands), { io: 'input', target: 'draft-7' });
  return `${JSON.stringify({ $schema, title: 'A configuration of cowcheck', ...schema }, null, 1)}\n`;
}
