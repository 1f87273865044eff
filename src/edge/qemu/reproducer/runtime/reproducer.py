KINDS = ["read", "write", "disconnect", "flush", "trim", "cache", "zero", "status"]
ERRNOS = {"EIO": 5, "ENOSPC": 28}
TAIL = 65536  # bytes behind the end of each disk, which are never held: settle() reads them
held, seen, sent, failing, failed, missing, wrong, said = [], [], [], [], [], [], [], []
t0, errors, state, ends, replies = {}, {}, {}, {}, {}  # by source; guest; job; job; command
inputs, waiting, clients = {}, {}, {}  # by socket: what hears it, its requests; by name: its socket

def say(status, why):
    print({1: "BUG", 0: "FINE", 125: "CANNOT SAY"}[status], why, sep=": ")
    sys.exit(status)

# Disks for QEMU, and guests of it (NBD).
def pattern(start, size, who):  # each 512 bytes say whose they are, and where they belong
    places = (divmod(at, SECTOR) for at in range(start, start + size, 512))
    return b"".join((f"s{sector}{who} +{at}\n".encode() * 512)[:512] for sector, at in places)

def image(size, data, tables=()):
    disk = bytearray(size)
    for offset, start, length, who in data:
        disk[offset : offset + length] = pattern(start, length, who)
    for offset, text in tables:  #? qcow2
        disk[offset : offset + len(text) // 2] = bytes.fromhex(text)
    return disk

def take(sock, form):
    size = struct.calcsize(form)
    data = sock.recv(size, socket.MSG_WAITALL) if size else b""
    if len(data) < size:
        raise EOFError
    return struct.unpack(form, data)

def serve(sock):  # QEMU opens a disk
    sock.sendall(b"NBDMAGICIHAVEOPT\0\3")
    take(sock, ">I")
    option = 0
    while option != 7:  # NBD_OPT_GO; block status takes 8 and 10 as well  #?= status
    while option != 7:  # NBD_OPT_GO  #?= !status
        _, option, size = take(sock, ">8sII")
        (data,) = take(sock, f"{size}s")
        answers = [(1 if option in (7, 8, 10) else 0x80000001, b"")]  #? status
        answers = [(1 if option == 7 else 0x80000001, b"")]  #? !status
        if option == 10:  #? status
            answers.insert(0, (4, bytes(4) + b"base:allocation"))
        if option == 7:
            disk = data[4 : 4 + data[3]].decode()
            answers.insert(0, (3, struct.pack(">HQH", 0, len(disks[disk]), FLAGS)))
            answers.insert(0, (3, struct.pack(">HIII", 3, 1, 4096, 1 << 25)))
        for kind, data in answers:
            sock.sendall(struct.pack(">QIII", 0x3E889045565A9, option, kind, len(data)) + data)
    inputs[sock] = lambda: asked(sock, disk)

def asked(sock, disk):  # QEMU waits for an answer
    _, _, kind, handle, offset, size = take(sock, ">IHH8sQI")
    (data,) = take(sock, f"{size if kind == 1 else 0}s")
    what = disk, KINDS[kind], offset, size
    request = types.SimpleNamespace(sock=sock, handle=handle, what=what, data=data, landed=False)
    if what[1] == "disconnect":  #? keeps
        return
    if offset >= len(disks[disk]) - TAIL:
        return answer(request)
    held.append(request)
    seen.append(" ".join(map(str, what)))

def land(request):  #? lands
    disk, kind, offset, size = request.what
    if kind == "read" and not request.landed:
        request.data = bytes(disks[disk][offset : offset + size])
    elif kind in CHANGES and not request.landed:
        disks[disk][offset : offset + size] = request.data or bytes(size)
    request.landed = True

def answer(request, error=0):
    disk, kind, offset, size = request.what
    if not error:  #? lands
        land(request)
    if kind == "read":  #? !lands
        request.data = bytes(disks[disk][offset : offset + size])
    elif kind in CHANGES and not error:  #? !lands
        disks[disk][offset : offset + size] = request.data or bytes(size)
    data = request.data if kind == "read" else b""
    head = struct.pack(">II8s", 0x67446698, error, request.handle)
    data = b"" if error else data  #? !status
    if kind == "status":  # data, or a hole that reads as zeroes  #? status
        blocks = [any(disks[disk][at : at + 512]) for at in range(offset, offset + size, 512)]
        blocks = [True] if disk in QCOW2 else blocks  #? qcow2
        run = next((at for at, one in enumerate(blocks) if one != blocks[0]), 0) * 512 or size
        data = struct.pack(">III", 0, run, 0 if blocks[0] else 3)
    if kind in ("read", "status"):  #? status
        chunk, data = (5, data) if kind == "status" else (1, struct.pack(">Q", offset) + data)
        chunk, data = (0x8001, struct.pack(">IH", error, 0)) if error else (chunk, data)
        head = struct.pack(">IHH8sI", 0x668E33EF, 1, chunk, request.handle, len(data))
    request.sock.sendall(head + data)

def connect(name, export):
    clients[name] = sock = socket.socket(socket.AF_UNIX)
    inputs[sock], waiting[sock] = lambda: told(sock), {}
    sock.connect("exports")
    sock.sendall(struct.pack(">I8sII", 3, b"IHAVEOPT", 1, len(export)) + export.encode())
    take(sock, "28s")

def ask(name, kind, offset, size, then, data=b""):
    handle = max(waiting[clients[name]], default=0) + 1
    waiting[clients[name]][handle] = size if kind == "read" else 0, then
    head = struct.pack(">IHHQQI", 0x25609513, 0, KINDS.index(kind), handle, offset, size)
    clients[name].sendall(head + data)

def told(sock):
    _, error, handle = take(sock, ">IIQ")
    size, then = waiting[sock].pop(handle)
    then(error, take(sock, f"{0 if error else size}s")[0])

# QEMU, its monitor (QMP), and when it is at rest.
def start(program):
    global process, qmp, pid
    listeners = [socket.socket(socket.AF_UNIX) for _ in range(2)]
    for sock, path in zip(listeners, ("disks", "qmp")):
        sock.bind(path)
        sock.listen()
    inputs[listeners[0]] = lambda: serve(listeners[0].accept()[0])
    command = [program, *QEMU, "--chardev", "socket,id=m,path=qmp", "--monitor", "chardev=m"]
    process = subprocess.Popen(command, stderr=open("stderr", "w"), start_new_session=True)
    while not select.select(listeners[1:], [], [], 0.001)[0]:
        turn()
        while held:
            answer(held.pop(0))
        if process.poll() is not None:
            say(125, f"{program} does not start: {last_words()}")
    qmp = listeners[1].accept()[0]
    inputs[qmp] = monitor  # a wrapper may have started QEMU, so the socket says which process it is
    pid, _, _ = struct.unpack("3i", qmp.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    call("qmp_capabilities")
    if major >= 6:  #? chunks
        COMMANDS["start"][1].update(SINCE_6_0)  #? !second
        for action in COMMANDS["start"][1]["actions"]:  #? second
            action["data"].update(SINCE_6_0)
    for bitmap in BITMAPS:  #? bitmap
        call("block-dirty-bitmap-add", **bitmap)
    for name, export in CLIENTS.items():
        connect(name, export)
    for disk, node in NUDGES.items() if major >= 7 else []:
        call("block-export-add", type="nbd", id=node, **{"node-name": node})
        connect(disk, node)

def last_words():
    lines = [line for line in open("stderr").read().splitlines() if line] or ["it says nothing"]
    return next((line for line in lines if "Assertion" in line), lines[-1])

def monitor():
    global major
    line = b""
    while not line.endswith(b"\n"):
        line += take(qmp, "c")[0]
    message = json.loads(line)
    event, data = message.get("event", ""), message.get("data", {})
    if "QMP" in message:
        version, package = message["QMP"]["version"]["qemu"], message["QMP"]["version"]["package"]
        print("QEMU", "{major}.{minor}.{micro}".format(**version), package)
        major = version["major"]
    elif event == "JOB_STATUS_CHANGE":
        state[data["id"]] = data["status"]
    elif event in ("BLOCK_JOB_COMPLETED", "BLOCK_JOB_CANCELLED"):
        ends[data["device"]] = "failed" if "error" in data else event[10:].lower()
    elif "id" in message:
        replies[message["id"]] = message
        if "error" in message and not message["id"].startswith("block-job-"):
            say(125, f"QEMU refuses {message['id']}: {message['error']['desc']}")
    seen.extend([event, *map(str, data.values())] if event.startswith("BLOCK_JOB_") else [])

def command(execute, arguments):  # its reply may come late: while QEMU drains, it serves no monitor
    replies.pop(execute, None)
    qmp.sendall(json.dumps({"execute": execute, "arguments": arguments, "id": execute}).encode())
    settle()

def call(execute, **arguments):
    command(execute, arguments)
    until(lambda: execute in replies, execute)

def read(name, size):  #? reads
    answers = []
    ask(name, "read", 0, size, lambda *answer: answers.append(answer))
    settle()
    until(lambda: answers, f"a read of {name}")
    return None if answers[0][0] else answers[0][1]

def turn():  # takes in a message from each socket that has one
    ready = select.select(list(inputs), [], [], 0)[0]
    for sock in ready:
        try:
            inputs[sock]()
        except (EOFError, ConnectionError):
            if inputs.pop(sock) is monitor:
                number = abs(process.wait()) % 128  # a wrapper says 128 more
                say(CRASH if number else 125, f"QEMU has ended by signal {number}: {last_words()}")
    return ready

def asleep():  # how often QEMU's threads have gone to sleep; empty: one is awake
    try:
        threads = [path.read_text() for path in pathlib.Path(f"/proc/{pid}/task").glob("*/status")]
    except OSError:
        return ""
    return "".join(threads) if all("State:\tS" in text for text in threads) else ""

def rest():  # a write to a unix socket wakes its reader at once: asleep for a turn, it has no work
    signal.alarm(20)
    before, now = None, ""
    while before != now or not now:
        before, now = now, "" if turn() else asleep()

def settle(disk=None):
    # QEMU's NBD client, since 7.0, may leave an answer unheeded until the next one comes
    # (block/nbd.c, nbd_recv_coroutines_wake): so it is made to read a little behind the end of the
    # disk until nothing new comes of it. Of two such reads it has read none: it drains.
    rest()
    sock, before = clients.get(disk), None
    while sock and len(waiting[sock]) < 2 and before != (len(seen), len(waiting[sock])):
        before = len(seen), len(waiting[sock])
        ask(disk, "read", len(disks[disk]) - TAIL, 512, lambda *_: None)
        rest()
    for job, source in JOBS.items():  # it is created while its disk is drained: at T0
        if job in state and source not in t0:
            t0[source] = bytes(disks[source][:SIZE])  #? !shown
            t0[source] = shown_now(source)  #? shown
    while "order" in options.without and held:
        let_go()

def shown_now(source):  #? shown
    shown = image(SIZE, SHOWN)  # no bytes of ours show it, so it is what guests have been told
    for name, kind, offset, size in sent:
        is_here = (name in ON_SECOND) == (source == "source2")  #? second
        if errors.get(name) == 0 and kind in ("write", "zero") and is_here:  #?= second
        if errors.get(name) == 0 and kind in ("write", "zero"):  #?= !second
            data = pattern(offset, size, f".{name}") if kind == "write" else bytes(size)
            shown[offset : offset + size] = data
    return bytes(shown)

# The steps, and all that comes after them.
def near(one, other):
    overlaps = one[2] < other[2] + other[3] and other[2] < one[2] + one[3]
    return one[:2] == other[:2] and overlaps

def let_go(request=None, fault=None):  # the oldest, if none is named, with a fault that it meets
    if request is None:
        request = held[0]
        fault = next((one for one in failing if near(request.what, one)), None)  #? faults
    held.remove(request)
    if fault:  #? faults
        failing.remove(fault)
        failed.append(ERRNOS[fault[-1]])
    answer(request, ERRNOS[fault[-1]] if fault else 0)  #? faults
    answer(request)  #? !faults
    settle(request.what[0])

def until(condition, what):
    while not condition():
        if not held:
            say(HANG, f"nothing is held back, and QEMU does not come to {what}")
        let_go()

def step(who, what, *where):  # whether it could be done; None: it is left out
    if who in ("user", "operator"):
        said.append(what)  #? none
        t0["source"] = bytes(disks["source"][:SIZE])  #? filter & !shown
        t0["source"] = shown_now("source")  #? filter & shown
        return command(*COMMANDS[what]) or True  #? job
        return True  #? filter
    if who in GUESTS:  #? guests
        return None if who in options.without else guest(who, what, *where)
    if "order" in options.without or what == "fail" and (who, *where) not in failing:  #?= faults
    if "order" in options.without:  #?= !faults
        return None
    found = [one for one in held if one.what == (who, *where[:3])]
    if not found:  # one that overlaps it does as well
        missing.append(f"{who} {where[0]} {where[1]}")
        found = [one for one in held if near(one.what, (who, *where))]
    if found and what in ("take", "put"):  #? lands
        land(found[0])
        settle()
    elif found:  #? lands
        let_go(found[0], (who, *where) if what == "fail" else None)
    if found:  #? !lands
        let_go(found[0], (who, *where) if what == "fail" else None)
    return bool(found)

def guest(name, kind, offset, size):  #? guests
    def answered(error, data):
        errors[name] = error
        seen.append(f"{name} error {error}" if error else f"{name} ok")
        if kind == "readT0" and not error and not ends and not failed:  # while the job runs  #?= check_reader & void
        if kind == "readT0" and not error and not ends:  # while the job runs  #?= check_reader & !void
            compare(data, t0["source"][offset:], f"{name} reads", offset)  #? check_reader
        if kind != "readT0" and error not in [0, *failed]:  #? check_guest
            wrong.append(f"{name} is told error {error}, and no such error was injected")

    sent.append((name, kind, offset, size))
    client = "guest2" if name in ON_SECOND else "guest"  #? second
    client = "reader" if kind == "readT0" else "guest"  #? !second & readT0
    client = "guest"  #? !second & !readT0
    data = pattern(offset, size, f".{name}") if kind == "write" else b""
    ask(client, kind.replace("readT0", "read"), offset, size, answered, data)
    settle()
    return True

def finish():
    while held:  #? !resume & !finalize & !none
        let_go()
    while held or any(state.get(job) != "null" for job in JOBS):  #? resume | finalize | none
        if held:
            let_go()
        elif state.get("job") == "paused":  #? resume
            step("user", "resume")
        elif state.get("job") == "pending":  #? finalize
            step("user", "finalize")
        elif "cancel" not in said:  #? none
            judge_reader()  #? reader_judged
            step("user", "cancel")
        else:
            break
    judge_reader()  #? filter & reader_judged
    late = [name for name, *_ in sent if name not in errors]
    late += [job for job in JOBS if state.get(job) != "null"]
    if late:
        say(HANG, f"nothing is held back, and {', '.join(late)} waits for ever")
    if failing:  #? faults
        say(125, f"what should fail did not come: {' '.join(map(str, failing[0]))}")

def judge_reader():  #? reader_judged
    if failed:  # a copy under break-snapshot: readers of the target are not told  #? void
        return
    shown = read("reader", SIZE)
    if shown is not None:
        compare(shown, t0["source"], "the backup shows")
    elif not failed:  # a snapshot that has been given up may say so
        wrong.append("the backup can not be read")

def judge():  #? judged
    for job, source in JOBS.items():  #? check_target
        if ends[job] == "completed":
            words = f"the {job} has completed without an error, and its target shows"
            compare(shown_by(source.replace("source", "target")), t0[source], words)
    for job, source in JOBS.items():  #? check_increment
        target, following = source.replace("source", "target"), f"next-{job}"
        if ends[job] in KEEPS_POINT:  #? keeps
            call("blockdev-del", **{"node-name": target})
            disks[target][:] = image(*DISKS[target])
            call("blockdev-add", **TARGETS[target])
        ids = {"job-id": following, "device": source, "target": target}
        call("blockdev-backup", **ids, sync="incremental", bitmap="dirty")
        until(lambda: state.get(following) == "null", f"the end of {following}")
        disk = read(source.replace("source", "guest"), SIZE)
        compare(shown_by(target), disk, "after the next increment the target shows")
    if {"completed"} < set(ends.values()):  #? check_group
        words = " and ".join(f"{job} has {end}" for job, end in ends.items())
        wrong.append(f"{words}, and of a group either all complete or none")

def shown_by(target):  #? shows
    if target not in QCOW2:  #? qcow2
        return bytes(disks[target][:SIZE])
    return bytes(disks[target][:SIZE])  #? !qcow2
    call("block-export-add", id=target, type="nbd", **{"node-name": target})  #? qcow2
    connect("shown", target)  #? qcow2
    return read("shown", SIZE)  #? qcow2

def compare(got, right, words, start=0):  #? compares
    for at in range(0, len(got), 512):
        both = got[at : at + 512], right[at : at + 512]
        if both[0] != both[1]:
            one, other = (str(data.split()[0], "ascii", "replace").strip("\0") for data in both)
            where = f"{one or 'zero'} in sector {(start + at) // SECTOR}"
            return wrong.append(f"{words} {where}, and {other or 'zero'} is right")

def main(program):
    start(program)
    if "fault" not in options.without:  #? faults
        failing.extend((step[0], *step[2:]) for step in STEPS if step[1] == "fail")
    for number, words in enumerate(STEPS, 1):
        before = len(seen)
        came = step(*words)
        news = seen[before:] if came else ["did not come"]
        if came is not None:
            print(f"{number:4} ", *words, "->" if news else "", ", ".join(news), flush=True)
    finish()
    judge()  #? judged
    if missing:
        print("      not as in the steps:", ", ".join(dict.fromkeys(missing)))
    if missing and options.strict:
        say(125, "the order of the steps could not be kept")
    for job in JOBS:
        print(f"      the {job} {'was' if ends[job] == 'cancelled' else 'has'} {ends[job]}")
    say(1, "; ".join(wrong)) if wrong else say(0, "nothing is broken")

disks = {name: image(*disk) for name, disk in DISKS.items()}
raw = argparse.RawTextHelpFormatter
parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
parser.error = lambda why: say(125, why)
parser.add_argument("qemu", nargs="?", default=os.environ.get("QSD", "qemu-storage-daemon"))
choices = ["fault", "order", *GUESTS]
parser.add_argument("--without", action="append", default=[], choices=choices)
parser.add_argument("--strict", action="store_true", help="125 if the order can not be kept")
options = parser.parse_args()
program = shutil.which(options.qemu) or say(125, f"there is no program {options.qemu}")
program, process = os.path.abspath(program), None
signal.signal(signal.SIGALRM, lambda *_: say(HANG, "QEMU does not come to rest in 20 s"))
signal.signal(signal.SIGTERM, lambda *_: sys.exit(125))
with tempfile.TemporaryDirectory(prefix="qemu-") as folder:
    os.chdir(folder)
    try:
        main(program)
    except Exception:  # a mistake of this script's is no bug of QEMU's
        traceback.print_exc()
        sys.exit(125)
    finally:
        signal.alarm(0)
        if process and process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
