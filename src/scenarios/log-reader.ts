/** Any log of guest I/O, a piece at a time: a recording of days need not fit into memory, only its requests. */
import { FioIolog, isFioIolog } from './fio-iolog.ts';
import { type GuestLog, LogError, type LogLines } from './guest-log.ts';
import { NbdkitLog } from './nbdkit-log.ts';

/** Characters of a line. The longest part of one, the name of an export, has at most 4,096 bytes. */
export const LINE_MAX = 65_536;

/** Lines that may come before the first that is one of nbdkit's log filter. */
const STRANGE_LINES_MAX = 10_000;

const EITHER = `a log of nbdkit's log filter or a fio iolog ("fio version 2 iolog" or "fio version 3 iolog")`;

/** Takes the text of a log in pieces, cut anywhere. A fio iolog is known by its first line; nbdkit may write other things first. */
export class LogReader {
  readonly #name: string;
  #log: LogLines | null = null;
  /** The beginning of a line whose end has not come yet. */
  #begun = '';
  #lines = 0;
  #isBlank = true;
  #mayBeNbdkit = false;

  /** @param name how error messages call the log */
  constructor(name: string) {
    this.#name = name;
  }

  /** @throws LogError as the parsers do, and if a line is longer than `LINE_MAX` */
  push(text: string): void {
    let at = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', at)) {
      this.#line(this.#begun + text.slice(at, end), true);
      this.#begun = '';
      at = end + 1;
    }
    this.#begun += text.slice(at);
    this.#checkLength(this.#begun);
  }

  /** The file ends here. @throws LogError if there is no request in it, or it is no log of either format */
  finish(): GuestLog {
    if (this.#begun.trim() !== '') this.#line(this.#begun, false);
    if (this.#isBlank) throw this.#wrong('an empty file', 1);
    if (this.#isNeither) throw this.#wrong(null, 1);
    return this.#log!.finish();
  }

  get #isNeither(): boolean {
    return this.#log instanceof NbdkitLog && !this.#mayBeNbdkit;
  }

  #line(line: string, isWhole: boolean): void {
    this.#checkLength(line);
    this.#lines++;
    this.#isBlank &&= line.trim() === '';
    this.#mayBeNbdkit ||= line.includes(' connection=');
    this.#log ??= isFioIolog(line) ? new FioIolog(this.#name) : new NbdkitLog(this.#name);
    if (this.#lines > STRANGE_LINES_MAX && this.#isNeither) throw this.#wrong(null, 1);
    this.#log.read(line.trimEnd(), isWhole);
  }

  #checkLength({ length }: string): void {
    if (length > LINE_MAX) throw this.#wrong(`a line of more than ${LINE_MAX} characters`, this.#lines + 1);
  }

  /** @param found null: there is no name for what was found */
  #wrong(found: string | null, line: number): LogError {
    return new LogError(this.#name, line, `${found === null ? '' : `found ${found}, `}expected ${EITHER}`);
  }
}
