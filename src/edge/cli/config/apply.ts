/** Fills in what the command line leaves open: from COWCHECK_SEED, from the profile, then from the rest of the configuration. */
import { resolve } from 'node:path';
import { CommanderError, InvalidArgumentError, type Command, type Option } from 'commander';
import { type CustomJobFile, isCustomJob } from '../../../../model/families/custom/file-name.ts';
import { setJobHere } from '../../files/job-here.ts';
import { fileError } from '../../files/text.ts';
import { io } from '../io/io.ts';
import { json } from '../io/terminal.ts';
import { didYouMean } from '../../../trace/nearest.ts';
import { setInEffect } from './in-effect.ts';
import { type Config, type Section, loadConfig } from './load.ts';

export interface ConfigFlags {
  readonly config?: string;
  readonly profile?: string;
  readonly printConfig?: true;
}

/** Where randomness starts is the same for a whole pipeline, whose commands need not all take it. */
const TAKE_SEED = new Set(['check', 'qemu']);

/** Commands that run jobs of the model. */
const ASK_PROPERTIES = new Set(['check', 'merge', 'replay', 'explain', 'shrink']);

/**
 * @param command that is about to run, its command line parsed
 * @param commands all of them, with their options
 * @throws FileError with one line about the file
 * @throws CommanderError, with status 0, once `--print-config` is answered
 */
export async function applyConfig(command: Command, flags: ConfigFlags, commands: () => Promise<readonly Command[]>): Promise<void> {
  const config = await loadConfig(flags.config, commands);
  const profile = profileOf(config, flags.profile, command);
  const seed = process.env['COWCHECK_SEED'] ?? '';
  if (seed !== '' && TAKE_SEED.has(command.name())) fill(command, { seed }, 'env', 'COWCHECK_SEED');
  if (config !== null) {
    const name = command.name();
    if (config.asked !== null && ASK_PROPERTIES.has(name))
      (await import('../../files/asked.ts')).takeAsked({ name: config.path, path: resolve(config.path) }, config.asked);
    const jobs = [profile?.['check']?.['job'], config.sections['check']?.['job']];
    setJobHere(jobs.find((job): job is CustomJobFile => typeof job === 'string' && isCustomJob(job)) ?? null);
    setInEffect(config.path, [
      ...(profile === undefined ? [] : fill(command, profile[name] ?? {}, 'profile', `${config.path}: profiles.${flags.profile}.${name}`)),
      ...fill(command, config.sections[name] ?? {}, 'config', `${config.path}: ${name}`),
    ]);
  }
  if (flags.printConfig !== true) return;
  io().out(json({ config: config?.path ?? null, profile: flags.profile ?? null, command: command.name(), ...inEffect(command) }));
  throw new CommanderError(0, 'cowcheck.printConfig', '');
}

function profileOf(config: Config | null, name: string | undefined, command: Command): Config['profiles'][string] | undefined {
  if (name === undefined) return undefined;
  if (config === null)
    command.error(`option '--profile' requires a configuration file: create cowcheck.config.mjs, or name one with --config`);
  if (Object.hasOwn(config.profiles, name)) return config.profiles[name];
  throw fileError(config.path, `unknown profile "${name}"${didYouMean(name, Object.keys(config.profiles), '"')}`);
}

/** @param from what commander remembers of where a value comes from @param where for messages @returns the options that it gives a value */
function fill(command: Command, section: Section, from: 'env' | 'profile' | 'config', where: string): string[] {
  const filled: string[] = [];
  for (const [key, value] of Object.entries(section)) {
    const option = command.options.find((one) => one.attributeName() === key)!;
    const rivals = rivalsOf(command, option);
    const same = rivals.find((rival) => command.getOptionValueSource(rival.attributeName()) === from);
    if (same !== undefined) throw fileError(`${where}.${key}`, `it cannot be used with ${same.attributeName()}`);
    if (isGiven(command, key) || rivals.length > 0) continue; // what was said nearer to the command line wins
    command.setOptionValueWithSource(key, valueOf(option, value, `${where}.${key}`), from);
    filled.push(option.long!);
  }
  return filled;
}

const isGiven = (command: Command, key: string): boolean => {
  const source = command.getOptionValueSource(key);
  return source !== undefined && source !== 'default';
};

/** Options that have a value, and do not go with this one. */
const rivalsOf = (command: Command, option: Option): Option[] =>
  command.options.filter((other) => {
    const [name, otherName] = [option.attributeName(), other.attributeName()];
    return isGiven(command, otherName) && (conflictsOf(other).includes(name) || conflictsOf(option).includes(otherName));
  });

/** Commander has no other way to ask. */
const conflictsOf = (option: Option): readonly string[] => (option as Option & { readonly conflictsWith: readonly string[] }).conflictsWith;

function valueOf(option: Option, value: unknown, where: string): unknown {
  if (option.isBoolean() || option.negate) return value;
  const parse = option.parseArg;
  try {
    if (!Array.isArray(value)) return parse === undefined ? String(value) : parse(String(value), undefined);
    return value.reduce<unknown>((before, one) => (parse === undefined ? one : parse(String(one), before)), undefined) ?? [];
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw fileError(where, error.message);
  }
}

function inEffect(command: Command): { options: object; from: object } {
  const keys = command.options.map((option) => option.attributeName()).filter((key) => command.getOptionValue(key) !== undefined);
  return {
    options: Object.fromEntries(keys.map((key) => [key, command.getOptionValue(key) as unknown])),
    from: Object.fromEntries(keys.map((key) => [key, command.getOptionValueSource(key)])),
  };
}
