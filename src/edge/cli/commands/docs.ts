/** `cowcheck docs`: the documents in a browser, without a network. */
import type { Command } from 'commander';
import { docsSite } from '../../files/docs.ts';
import { FileError } from '../../files/text.ts';
import { hasDesktop, openBrowser } from '../io/browser.ts';
import { interruptible } from '../io/interrupt.ts';
import { io } from '../io/io.ts';
import { refuseIdle } from '../io/one-line.ts';
import { addressOf, endServer, serveFiles } from '../io/page-server.ts';
import { json } from '../io/terminal.ts';
import { wholeNumber } from '../io/usage.ts';

interface Flags {
  readonly port?: number;
  readonly open: boolean;
  readonly json: boolean;
}

const ABOUT = `
Serves the documents of this version to this machine only, on a free port, until
Ctrl-C; the exit status is then 0. A browser opens if there is a terminal and a
desktop.

Examples:
  cowcheck docs
  cowcheck docs --port 8080 --no-open
`;

export function defineDocs(command: Command): void {
  command
    .optionsGroup('Where they are:')
    .option('--port <n>', 'port on 127.0.0.1 (default: a free one)', wholeNumber(1, 65_535))
    .option('--no-open', 'do not open a browser')
    .optionsGroup('Output:')
    .option('--json', 'one JSON object on standard output', false)
    .addHelpText('after', ABOUT)
    .action(async () => {
      const flags = command.optsWithGlobals<Flags>();
      if (flags.json) refuseIdle(command, ['--no-open'], 'has no effect here: no browser would open');
      await serve(flags);
    });
}

/** Until Ctrl-C. */
async function serve({ port, open, json: asJson }: Flags): Promise<void> {
  const files = docsSite();
  await interruptible(async (signal) => {
    const server = await serveFiles(files, port ?? 0);
    if (server === 'in use') throw new FileError(`port ${port} is in use: choose another --port, or leave it out to use a free one`);
    const address = addressOf(server);
    io().out(asJson ? json({ address }) : `${address}\nPress Ctrl-C to stop.\n`);
    if (open && !asJson && hasDesktop()) openBrowser(address);
    await new Promise<void>((resolve) => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve())));
    await endServer(server);
  });
}
