/** What a configuration has set of the command that runs: said once the command line is found to make sense. */
import { printable } from '../../../trace/printable.ts';
import { io } from '../io/io.ts';

let here: { readonly path: string; readonly options: readonly string[] } | null = null;

/** @param path of the configuration @param options such as `--job`; none: it has set nothing */
export const setInEffect = (path: string, options: readonly string[]): void =>
  void (here = options.length === 0 ? null : { path, options });

export const forgetInEffect = (): void => void (here = null);

export function tellInEffect(): void {
  if (here !== null) io().err(`cowcheck: ${printable(here.path)} sets ${here.options.join(', ')} (see: --print-config)\n`);
}
