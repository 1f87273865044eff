KINDS = ["read", "write", "disconnect", "flush", "trim", "cache", "zero", "status"]
CHUNKS = {"read": 1, "status": 5}  # of a structured reply  #? status
held, seen, refused, wrong, qmp, clients, t0, answers = [], [], [], [], {}, {}, {}, {}  #? filter & !judges_answers
held, seen, refused, wrong, qmp, clients = [], [], [], [], {}, {}  #? job | judges_answers
t0, answers, state, ends = {}, {}, {}, {}  # by job, client, job, job  #? job | judges_answers
landed = {}  #? lands
replies = set()  #? keeps
said = []  #? none
failed = []  # how each request was answered: 0, or an error  #? failed
judged = []  #? judges_answers

def say(status, why):
    print({1: "BUG", 0: "FINE", 125: "CANNOT SAY"}[status], why, sep=": ")
    sys.exit(status)

# A mistake of this script is no bug of QEMU.  #? check_hang
sys.excepthook = lambda *error: (traceback.print_exception(*error), os._exit(125))  #?= check_hang
sys.excepthook = lambda *error: (traceback.print_exception(*error), os._exit(125))  # ours  #?= !check_hang
threading.excepthook = socketserver.BaseServer.handle_error = lambda *_: os._exit(125)  #? check_hang

def pattern(start, size, who):
    """Data in which each 512 bytes say whose they are, and where they belong."""
    places = (divmod(at, SECTOR) for at in range(start, start + size, 512))
    return b"".join((f"s{sector}{who} +{at}\n".encode() * 512)[:512] for sector, at in places)

def image(size, data, tables=()):
    disk = bytearray(size)
    for offset, start, length, who in data:
        disk[offset : offset + length] = pattern(start, length, who)
    for offset, text in tables:  #? qcow2
        disk[offset : offset + len(text) // 2] = bytes.fromhex(text)
    return disk

class Disk(socketserver.StreamRequestHandler):
    """Serves a disk to QEMU (NBD, fixed newstyle), and holds its requests."""
    def handle(self):
        self.wfile.write(b"NBDMAGICIHAVEOPT\0\3")
        option, _ = 0, self.rfile.read(4)
        while option != 7:  # NBD_OPT_GO
            _, option, size = struct.unpack(">8sII", self.rfile.read(16))
            data, said = self.rfile.read(size), [(0x80000001, b"")]  # NBD_REP_ERR_UNSUP
            if option in (8, 10):  # structured replies, and block status in them  #? status
                said = [(4, bytes(4) + b"base:allocation")] * (option == 10) + [(1, b"")]
            if option == 7:
                name = data[4 : 4 + data[3]].decode()
                said = [(3, struct.pack(">HQH", 0, len(disks[name]), FLAGS)), (1, b"")]
            for kind, data in said:
                head = struct.pack(">QIII", 0x3E889045565A9, option, kind, len(data))
                self.wfile.write(head + data)
        while head := self.rfile.read(28):
            _, _, kind, handle, offset, size = struct.unpack(">IHH8sQI", head)
            data = self.rfile.read(size) if kind == 1 else b""
            request = (name, KINDS[kind], offset, size), data, handle, self.wfile
            is_tail = offset >= len(disks[name]) - TAIL or name in NUDGES.values()  #? looks
            if is_tail or not qmp or kind == 2:  # or QEMU opens or closes the disk  #?= looks
            if offset >= len(disks[name]) - TAIL or not qmp or kind == 2:  # or it opens or closes  #?= nudged & !looks
            if not qmp or kind == 2:  # QEMU opens or closes the disk  #?= !nudged
                answer(request)
            else:
                held.append(request)
                seen.append(" ".join(map(str, request[0])))

def land(request):  #? lands
    """Reads or changes the disk, once."""
    (disk, kind, offset, size), data, handle, file = request
    part = slice(offset, offset + size)
    if kind in CHANGES and (handle, file) not in landed:
        disks[disk][part] = data or bytes(size)
    landed.setdefault((handle, file), bytes(disks[disk][part]) if kind == "read" else b"")

def answer(request, error=0):
    """Does what QEMU asks for, or has it fail, and says so."""
    (disk, kind, offset, size), data, handle, file = request
    if not error:  #? lands
        land(request)
    data = b"" if error else landed.pop((handle, file))  #? lands
    part = slice(offset, offset + size)  #? !lands
    if kind in CHANGES and not error:  #? !lands
        disks[disk][part] = data or bytes(size)
    data = disks[disk][part] if kind == "read" and not error else b""  #? !lands & !status
    file.write(struct.pack(">II8s", 0x67446698, error, handle) + data)  #? !status
    data = struct.pack(">Q", offset) + data if kind == "read" else b""  #? lands & status
    data = struct.pack(">Q", offset) + disks[disk][part] if kind == "read" else b""  #? !lands & status
    if kind == "status":  # data, or a hole that reads as zeroes  #? status & holes
        zero = [not any(disks[disk][at : at + 512]) for at in range(offset, offset + size, 512)]
        zero = [False] if DISKS[disk][2:] else zero  # of a format nothing is known  #? qcow2
        run = zero.index(not zero[0]) * 512 if (not zero[0]) in zero else size
        data = struct.pack(">III", 0, run, 3 if zero[0] else 0)
    data = struct.pack(">III", 0, size, 0) if kind == "status" else data  #? status & !holes
    data, chunk = (struct.pack(">IH", error, 0), 0x8001) if error else (data, CHUNKS.get(kind, 0))  #? status
    file.write(struct.pack(">IHH8sI", 0x668E33EF, 1, chunk, handle, len(data)) + data)  #? status

class Monitor(socketserver.StreamRequestHandler):
    """Hears QEMU's monitor (QMP)."""
    def handle(self):
        for line in self.rfile:
            message = json.loads(line)
            event, data = message.get("event", ""), message.get("data", {})  #? job
            if "QMP" in message:
                qmp.update(message["QMP"]["version"], file=self.wfile)
            elif event == "JOB_STATUS_CHANGE":  #? job
                state[data["id"]] = data["status"]
                source = disks["source2" if data["id"] == "job2" else "source"]  #? t0 & !shown & second
                t0.setdefault(data["id"], bytes(source[:SIZE]))  # its disk is drained  #? t0 & !shown & second
                t0.setdefault(data["id"], bytes(disks["source"][:SIZE]))  # it is drained  #? t0 & !shown & !second
            elif event.startswith("BLOCK_JOB_"):  #? job
                ends[data["device"]] = "failed" if "error" in data else event[10:].lower()  #? ends
                seen.append(event)
            elif "error" in message and not message["id"].startswith("block-job-"):
                refused.append(f"{message['id']}: {message['error']['desc']}")
            replies.add(message.get("id"))  #? keeps

def command(execute, arguments):
    line = {"execute": execute, "arguments": arguments, "id": execute}
    qmp["file"].write(json.dumps(line).encode())
    settle()  # and no wait for the reply: QEMU does not serve its monitor while it drains

def call(execute, **arguments):  #? keeps
    """A command with its reply."""
    replies.discard(execute)
    command(execute, arguments)
    until(lambda: execute in replies)

def connect(name, export):
    """A client of one of QEMU's exports (NBD_OPT_EXPORT_NAME)."""
    clients[name] = sock = socket.socket(socket.AF_UNIX)
    sock.connect("exports")
    sock.sendall(struct.pack(">I8sII", 3, b"IHAVEOPT", 1, len(export)) + export.encode())
    sock.recv(28, socket.MSG_WAITALL)

def ask(name, kind, offset, size):
    """A client's request. Its answer, an error and what it reads, comes later."""
    def hear():
        _, error, _ = struct.unpack(">IIQ", clients[name].recv(16, socket.MSG_WAITALL))
        length = size if kind == "read" and not error else 0
        answers[name] = error, clients[name].recv(length, socket.MSG_WAITALL)
        seen.append(f"{name} error {error}" if error else f"{name} ok")
    answers[name] = None
    data = pattern(offset, size, f".{name}") if kind == "write" else b""
    head = struct.pack(">IHHQQI", 0x25609513, 0, KINDS.index(kind), 0, offset, size)
    clients[name].sendall(head + data)
    threading.Thread(target=hear, daemon=True).start()
    settle()

def rest():
    """Waits until QEMU has nothing to do: its threads and ours go to sleep, and stay asleep."""
    before, now, end = None, "", time.monotonic() + 60
    while before != now or re.search(r"\t[^S\d]", now):
        before, now = now, ""
        for task in *glob.glob(f"/proc/{process.pid}/task/*"), *glob.glob("/proc/self/task/*"):
            with contextlib.suppress(OSError), open(f"{task}/status") as status:
                if os.path.basename(task) != str(os.getpid()):  # which is awake, and looks
                    now += "".join(re.findall(r"State:\t.|\nvol.*", status.read()))
        process.poll() is None or say(1, f"QEMU has ended by signal {-process.returncode}")  #? check_crash
        process.poll() is None or say(125, f"QEMU has ended: {process.returncode}")  #? !check_crash
        refused and say(125, f"QEMU refuses {refused[0]}")
        time.monotonic() < end or say(1, "QEMU does not come to rest in 60 s")  #? check_hang
        time.monotonic() < end or say(125, "QEMU does not come to rest in 60 s")  #? !check_hang

def settle(disk=None):
    rest()
    # QEMU may leave an answer unheeded until the next one (block/nbd.c, nbd_recv_coroutines_wake).  #? nudged
    for _ in range(3 if disk in clients else 0):  #? nudged
        head = struct.pack(">IHHQQI", 0x25609513, 0, 0, 0, len(disks[disk]) - TAIL, 1)
        clients[disk].sendall(head)
        rest()
    for job in ["job", "job2"]:  # it is created while its disk is drained: at T0  #? t0 & job & shown
        if job in state and job not in t0:
            t0[job] = shown_now(job.replace("job", "source"))
    judge_answers()  #? judges_answers

def shown_now(source):  #? shown
    """What QEMU shows of a disk in a format: what guests have been told."""
    shown = image(SIZE, SHOWN)
    for name, kind, *where in STEPS:
        is_here = (name in ON_SECOND) == (source == "source2")  #? second
        if (answers.get(name) or [1])[0] == 0 and kind in ("write", "zero") and is_here:  #?= second
        if (answers.get(name) or [1])[0] == 0 and kind in ("write", "zero"):  #?= !second
            data = pattern(*where, f".{name}") if kind == "write" else bytes(where[1])
            shown[where[0] : sum(where)] = data
    return bytes(shown)

def find(disk, kind, start, size, *_):
    """A request that is held: this one, or else one of its kind that overlaps it."""
    same = [one for one in held if one[0][:2] == (disk, kind)]
    near = [one for one in same if one[0][2] < start + size and start < sum(one[0][2:])]
    return next((one for one in same if one[0][2:] == (start, size)), (near or [None])[0])

def let_go(request, error=0):
    held.remove(request)
    failed.append(error)  #? failed
    answer(request, error)
    settle(request[0][0])

def late():  # guests and jobs that have not ended
    guests = [name for name in answers if answers[name] is None]  #? job
    return guests + [job for job in JOBS if state.get(job) != "null"]  #? job & second
    return guests + ["job"] * (state.get("job") != "null")  #? job & !second
    return [name for name in answers if answers[name] is None]  #? !job

def until(condition, what, status=125):
    """Lets requests go, the oldest first, until it is so."""
    while not condition():
        held or say(status, f"nothing is held back, {what} does not come, and these wait: {late()}")
        let_go(held[0])

def step(who, what, *where):
    """Returns a note if it could not be done as it is."""
    if who in ("user", "operator"):
        said.append(what)  #? none
        t0["job"] = bytes(disks["source"][:SIZE])  #? filter & !shown
        t0["job"] = shown_now("source")  #? filter & shown
        return command(*COMMANDS[what]) or ""  #? job
        return ""  #? filter
    if who in CLIENTS:  #? guests
        return ask(who, what.replace("readT0", "read"), *where) or ""  #?= readT0
        return ask(who, what, *where) or ""  #?= !readT0
    is_fault = what == "fail" and "fault" not in options.without  #? faults
    if is_fault:  #? faults
        until(lambda: find(who, *where), f"{where[0]} {where[1]} of the {who}, which should fail,")
    request = find(who, *where)
    if request and what in ("take", "put"):  #? lands
        land(request)
        settle()
    elif request:  #? lands
        let_go(request, getattr(errno, where[3]) if is_fault else 0)  #? faults
        let_go(request)  #? !faults
    if request:  #? !lands
        let_go(request, getattr(errno, where[3]) if is_fault else 0)  #? faults
        let_go(request)  #? !faults
    return "" if request and request[0][2:] == tuple(where[1:3]) else "(another one, or none)"

def finish():  #? resume | finalize | none
    while held or any(state.get(job) != "null" for job in JOBS):  #?= second
    while held or state.get("job") != "null":  #?= !second
        if held:
            let_go(held[0])
        elif state.get("job") == "paused":  #? resume
            step("user", "resume")
        elif state.get("job") == "pending":  #? finalize
            step("user", "finalize")
        elif "cancel" not in said:  #? none
            judge_reader()  #? reader_judged
            step("user", "cancel")
        else:
            break

def judge_answers():  #? judges_answers
    """Looks at what guests have been told since the last time."""
    for name, kind, *where in STEPS:
        if answers.get(name) and name not in judged:
            judged.append(name)
            error, data = answers[name]
            if kind == "readT0" and not (error or ends or any(failed)):  #?= check_reader & void
            if kind == "readT0" and not (error or ends):  #?= check_reader & !void
                compare(data, t0["job"][where[0] :], f"{name} reads", where[0])  #? check_reader
            if kind != "readT0" and error not in (0, *failed):  #? check_guest
                wrong.append(f"{name} is told error {error}, and no such error was injected")

def read(name):  #? reads
    """What a client reads of the whole disk; None: an error."""
    ask(name, "read", 0, SIZE)
    until(lambda: answers[name], f"what {name} reads")
    return None if answers[name][0] else answers[name][1]

def judge_reader():  #? reader_judged
    if any(failed):  # a copy under break-snapshot: readers of the target are not told  #? void
        return
    shown = read("reader")
    if shown is not None:
        compare(shown, t0["job"], "the backup shows")
    elif not any(failed):  # a snapshot that has been given up may say so
        wrong.append("the backup can not be read")

def shown_by(target):  #? shows & qcow2 & !lone_target
    command("block-export-add", {"id": target, "type": "nbd", "node-name": target})
    connect("shown", target)
    return read("shown")

def compare(got, right, words, start=0):  #? compares
    """Tells of the first 512 bytes in which they differ."""
    for at in range(0, len(got), 512):
        both = got[at : at + 512], right[at : at + 512]
        if both[0] != both[1]:
            has, should = (data.strip(b"\0").decode().split(" ")[0] or "zero" for data in both)
            where = f"in sector {(start + at) // SECTOR}"
            return wrong.append(f"{words} {has} {where}, and {should} is right")

parser = argparse.ArgumentParser()
parser.add_argument("qemu", nargs="?", default="qemu-storage-daemon")
parser.add_argument("--without", action="append", default=[], choices=["fault", *CLIENTS])
parser.error = lambda why: say(125, why)
options = parser.parse_args()
program = shutil.which(options.qemu) or say(125, f"there is no program {options.qemu}")
program, folder, libc = os.path.abspath(program), tempfile.TemporaryDirectory(), ctypes.CDLL(None)
os.chdir(folder.name)
socketserver.ThreadingMixIn.daemon_threads = True
disks = {name: image(*disk) for name, disk in DISKS.items()}
for path, handler in ("disks", Disk), ("qmp", Monitor):
    server = socketserver.ThreadingUnixStreamServer(path, handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
# PR_SET_PDEATHSIG: QEMU ends with this script.
process = subprocess.Popen([program, *QEMU], preexec_fn=lambda: libc.prctl(1, signal.SIGKILL))
while not qmp:  # QEMU opens the disks, and then its monitor connects to us
    time.sleep(0.001)
    process.poll() is None or say(125, f"{program} does not start")
print("QEMU {qemu[major]}.{qemu[minor]}.{qemu[micro]} {package}".format(**qmp))
command("qmp_capabilities", {})
if qmp["qemu"]["major"] >= 6:  #? chunks
    COMMANDS["start"][1].update(SINCE_6_0)  #? !second
    for action in COMMANDS["start"][1]["actions"]:  #? second
        action["data"].update(SINCE_6_0)
command("block-dirty-bitmap-add", BITMAPS[0])  #? bitmap & !second
for bitmap in BITMAPS:  #? bitmap & second
    command("block-dirty-bitmap-add", bitmap)
for name, export in CLIENTS.items():
    connect(name, export)
for disk, node in NUDGES.items() if qmp["qemu"]["major"] >= 7 else []:  #? nudged
    command("block-export-add", {"type": "nbd", "id": node, "node-name": node})
    connect(disk, node)  # whose answers nobody needs
for number, words in enumerate(STEPS, 1):
    before = len(seen)
    note = "(left out)" if words[0] in options.without else step(*words)
    print(f"{number:4} ", *words, note, "->", ", ".join(seen[before:]), flush=True)
finish()  #? resume | finalize | none
until(lambda: not (held or late()), "the end", 1)  #? check_hang
until(lambda: not (held or late()), "the end")  #? !check_hang
judge_reader()  #? filter & reader_judged
for name, kind, *where in STEPS:  #? check_reader & filter & !void
    if kind == "readT0" and name in answers and not answers[name][0]:
        compare(answers[name][1], t0["job"][where[0] :], f"{name} reads", where[0])
if ends["job"] == "completed":  #? check_target & !second
    command("block-export-add", {"id": "target", "type": "nbd", "node-name": "target"})  #? lone_target
    connect("shown", "target")  #? lone_target
    ask("shown", "read", 0, SIZE)  #? lone_target
    until(lambda: answers["shown"], "what the target shows")  #? lone_target
    error, target = answers["shown"]  #? lone_target
    error and say(125, f"to read the target fails with error {error}")  #? lone_target
    target = disks["target"][:SIZE]  #? !lone_target
    compare(target, t0["job"], "the job has completed without an error, and its target shows")
for job in JOBS:  #? check_target & second
    if ends[job] == "completed":
        name = job.replace("job", "target")
        target = shown_by(name) if DISKS[name][2:] else disks[name][:SIZE]  #? qcow2
        target = disks[name][:SIZE]  #? !qcow2
        compare(target, t0[job], f"{job} has completed without an error, and its target shows")
for job in JOBS:  #?= long_increment & second
    source, target = job.replace("job", "source"), job.replace("job", "target")  #? long_increment & second
for job, source, target in [("job", "source", "target")]:  #?= long_increment & !second
    if ends[job] in KEEPS_POINT:  #? keeps
        call("blockdev-del", **{"node-name": target})
        disks[target][:] = image(*DISKS[target])
        call("blockdev-add", **TARGETS[target])
    ids = {"job-id": f"next-{job}", "device": source, "target": target}  #? long_increment
    command("blockdev-backup", {**ids, "sync": "incremental", "bitmap": "dirty"})  #? long_increment
    until(lambda: state.get(f"next-{job}") == "null", "the end of the next increment")  #? long_increment
    disk = read(source.replace("source", "guest"))  #? long_increment & shown
    disk = disks[source][:SIZE]  #? long_increment & !shown
    shown = shown_by(target) if DISKS[target][2:] else disks[target][:SIZE]  #? long_increment & qcow2
    shown = disks[target][:SIZE]  #? long_increment & !qcow2
    compare(shown, disk, "after the next increment the target shows")  #? long_increment
ids = {"job-id": "next", "device": "source", "target": "target"}  #? short_increment
command("blockdev-backup", {**ids, "sync": "incremental", "bitmap": "dirty"})  #? short_increment
until(lambda: state.get("next") == "null", "the end of the next increment")  #? short_increment
compare(disks["target"][:SIZE], disks["source"][:SIZE], "after the next increment the target shows")  #? short_increment
print("ends:", ends)  #? check_group
if {"completed"} < set(ends.values()):  #? check_group
    words = " and ".join(f"{job} has {end}" for job, end in ends.items())
    wrong.append(f"{words}, and of a group either all complete or none")
say(1, "; ".join(wrong)) if wrong else say(0, "nothing is broken")
