"""The command: runs it, and says it by the exit status, as `git bisect run` wants it."""

import argparse
import os
import shutil
import signal
import sys
import traceback

from daemon import Crashed, Hangs, Qemu, Unclear
from replay import Replay
from wire import Disk

BUG, FINE, CANNOT_SAY = 1, 0, 125


def main(case):
    """Returns the exit status."""
    parser = argparse.ArgumentParser(description=case.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("qemu", nargs="?", default=os.environ.get("QSD", "qemu-storage-daemon"), help="the qemu-storage-daemon; or $QSD")
    choices = ["fault", "order", *case.GUESTS]
    parser.add_argument("--without", action="append", default=[], choices=choices, help="leave this out, to see that it takes it")
    parser.add_argument("--strict", action="store_true", help="say nothing (125) if a request is not exactly what a step names")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(CANNOT_SAY))
    try:
        options = parser.parse_args()
    except SystemExit as ends:
        return CANNOT_SAY if ends.code else FINE
    try:
        return told(case, options)
    except Unclear as why:
        return ends_with(CANNOT_SAY, str(why))
    except Exception:  # a mistake of this script's is no bug of QEMU's
        traceback.print_exc()
        return CANNOT_SAY


def told(case, options):
    """Runs it. Returns the exit status."""
    program = shutil.which(options.qemu)
    if program is None:
        raise Unclear(f"there is no program {options.qemu}")
    qemu = Qemu(program, {name: Disk(name, case.SECTOR, **disk) for name, disk in case.DISKS.items()})
    try:
        qemu.start()
        print(f"QEMU {qemu.version}: {options.qemu}")
        lacks = qemu.lacks(case.NEEDS)
        if lacks:
            raise Unclear(f"it lacks {', '.join(lacks)}")
        qemu.set_up(case)
        replay = Replay(case, qemu, options.without)
        replay.play()
        wrong = replay.judge()
        if replay.missing:
            print(f"      not as in the steps: {', '.join(dict.fromkeys(replay.missing))}")
            if options.strict:
                raise Unclear("the order of the steps could not be kept")
        if case.START is not None:
            for job in replay.jobs:
                print(f"      the {job} {'was ' if replay.end[job] == 'cancelled' else 'has '}{replay.end[job]}")
        return ends_with(BUG if wrong else FINE, "; ".join(wrong) or "nothing is broken")
    except Crashed as crash:
        return ends_with(BUG if case.CHECK == "crash" else CANNOT_SAY, str(crash))
    except Hangs as why:
        return ends_with(BUG if case.CHECK == "hang" else CANNOT_SAY, str(why))
    finally:
        qemu.stop()


def ends_with(status, words):
    print({BUG: "BUG", FINE: "FINE", CANNOT_SAY: "CANNOT SAY"}[status], words, sep=": ")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.modules[__name__]))
