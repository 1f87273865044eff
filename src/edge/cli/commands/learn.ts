/** `cowcheck learn`: the page that teaches, on a port of this machine or as a file. */
import type { Server } from 'node:http';
import type { Command } from 'commander';
import { pageWith, savePage } from '../../files/page.ts';
import { FileError } from '../../files/text.ts';
import { loadTraceText } from '../../files/traces.ts';
import { printable } from '../../../trace/printable.ts';
import { hasDesktop, openBrowser } from '../io/browser.ts';
import { interruptible } from '../io/interrupt.ts';
import { io } from '../io/io.ts';
import { addressOf, endServer, servePage } from '../io/page-server.ts';
import { json } from '../io/terminal.ts';
import { refuseIdle } from '../io/one-line.ts';
import { folder, wholeNumber } from '../io/usage.ts';

interface Flags {
  port?: number;
  out?: string;
  open: boolean;
  json: boolean;
}

/** The year of QEMU 1.6. Always the same port, because a browser keeps by port how far one has come. */
const PORT_DEFAULT = 2013;
/** Where in the page a trace file is. */
const OWN = '#/own';

const ABOUT = `
The page is one file that loads nothing else and sends nothing to any server. It
is served to this machine only, on port ${PORT_DEFAULT}, or on a free port if that is in
use. Ctrl-C stops the server; the exit status is then 0. A browser opens if
there is a terminal and a desktop.

Examples:
  cowcheck learn
  cowcheck learn cowcheck-traces/some.trace.yaml    opens with this run
  cowcheck learn --port 8080 --no-open
  cowcheck learn --out lessons                      writes lessons/index.html
`;

export function defineLearn(command: Command): void {
  command
    .argument('[trace]', 'trace file to open; - reads standard input')
    .optionsGroup('Where the page is:')
    .option('--port <n>', `port on 127.0.0.1 (default: ${PORT_DEFAULT}, or a free one)`, wholeNumber(1, 65_535))
    .option('--out <dir>', 'directory to write the page to, as index.html, instead of serving it', folder)
    .option('--no-open', 'do not open a browser')
    .optionsGroup('Output:')
    .option('--json', 'one JSON object on standard output', false)
    .addHelpText('after', ABOUT)
    .action(async (path: string | undefined) => {
      const flags = command.optsWithGlobals<Flags>();
      if (flags.out !== undefined && flags.port !== undefined)
        command.error("options '--out' and '--port' cannot be used together: --out writes a file and serves nothing");
      if (flags.out !== undefined || flags.json) refuseIdle(command, ['--no-open'], 'has no effect here: no browser would open');
      const page = pageWith(path === undefined ? null : loadTraceText(path).text);
      const place = path === undefined ? '' : OWN;
      if (flags.out === undefined) await serve(page, place, flags);
      else write(page, place, flags.out, flags);
    });
}

function write(page: string, place: string, out: string, { json: asJson }: Flags): void {
  const path = savePage(page, out);
  io().out(asJson ? json({ path }) : `written to ${printable(path)}${place === '' ? '' : `, which has your trace at ${place}`}\n`);
}

/** Until Ctrl-C. */
async function serve(page: string, place: string, { port, open, json: asJson }: Flags): Promise<void> {
  await interruptible(async (signal) => {
    const server = await serverOf(page, port);
    const address = `${addressOf(server)}${place}`;
    io().out(asJson ? json({ address }) : `${address}\nPress Ctrl-C to stop.\n`);
    if (open && !asJson && hasDesktop()) openBrowser(address);
    await new Promise<void>((resolve) => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve())));
    await endServer(server);
  });
}

async function serverOf(page: string, port: number | undefined): Promise<Server> {
  const server = await servePage(page, port ?? PORT_DEFAULT);
  if (server !== 'in use') return server;
  if (port !== undefined) throw new FileError(`port ${port} is in use: choose another --port, or leave it out to use a free one`);
  io().err(`cowcheck: port ${PORT_DEFAULT} is in use; using a free one\n`);
  return (await servePage(page, 0)) as Server;
}
