pack, unpack = struct.pack, struct.unpack
KINDS = ["read", "write", "disconnect", "flush", "trim", "cache", "zero", "status"]
held, seen, refused, wrong, qmp, clients = [], [], [], [], {}, {}
t0, answers, ends = {}, {}, {}  # by job; by client or job: None until it has ended; by job  #? job
t0, answers, ends = {}, {}, {}  # by job; by client: None until there is one; by job  #? !job
landed = {}  #? lands
state = {}  # by job  #? resume | finalize
replies = set()  #? keeps
said = []  #? none
failed, judged = [], []  # how each request was answered: 0, or an error; clients  #? failed & judges_answers
failed = []  # how each request was answered: 0, or an error  #? failed & !judges_answers
judged = []  #? judges_answers & !failed
# A mistake of this script is no bug of QEMU.  #? check_hang
sys.excepthook = lambda *error: (traceback.print_exception(*error), os._exit(125))  #?= check_hang
sys.excepthook = lambda *error: (traceback.print_exception(*error), os._exit(125))  # ours  #?= !check_hang
threading.excepthook = socketserver.BaseServer.handle_error = lambda *_: os._exit(125)  #? check_hang
threading.excepthook = socketserver.BaseServer.handle_error = lambda *_: None  # QEMU is gone  #? check_crash

def say(status, why):
    print({1: "BUG", 0: "OK", 125: "CANNOT SAY"}[status], why, sep=": ")
    sys.exit(status)

def pattern(start, size, who):
    """Data in which each 512 bytes say whose they are, and where they belong."""
    places = (divmod(at, SECTOR) for at in range(start, start + size, 512))
    return b"".join((f"s{sector}{who} +{at}\n".encode() * 512)[:512] for sector, at in places)

def image(size, data, tables=()):
    disk = bytearray(size)
    for offset, start, length, who in data:
        disk[offset : offset + length] = pattern(start, length, who)
    for offset, *words in tables:  #? qcow2
        struct.pack_into(f">{len(words)}Q", disk, offset, *words)
    return disk

class Disk(socketserver.StreamRequestHandler):
    """Serves a disk to QEMU (NBD, fixed newstyle), and holds its requests."""
    def handle(self):
        self.wfile.write(b"NBDMAGICIHAVEOPT\0\3")
        option, _ = 0, self.rfile.read(4)
        while option != 7:  # NBD_OPT_GO
            _, option, size = unpack(">8sII", self.rfile.read(16))
            data, said = self.rfile.read(size), [(0x80000001, b"")]  # NBD_REP_ERR_UNSUP
            if option in (8, 10):  # structured replies, and block status in them  #? status
                said = [(4, bytes(4) + b"base:allocation")] * (option == 10) + [(1, b"")]
            if option == 7:
                name = data[4 : 4 + data[3]].decode()
                said = [(3, pack(">HQH", 0, len(disks[name]), FLAGS)), (1, b"")]
            for kind, data in said:
                self.wfile.write(pack(">QIII", 0x3E889045565A9, option, kind, len(data)) + data)
        while head := self.rfile.read(28):
            _, _, kind, handle, offset, size = unpack(">IHH8sQI", head)
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
    if kind in CHANGES and not error:  #? !lands
        disks[disk][offset : offset + size] = data or bytes(size)
    data = b"" if error or kind != "read" else disks[disk][offset : offset + size]  #? !lands & !status
    file.write(pack(">II8s", 0x67446698, error, handle) + data)  #? !status
    data = pack(">Q", offset) + data if kind == "read" else b""  #? lands & status
    data = pack(">Q", offset) + disks[disk][offset:][:size] if kind == "read" else b""  #? !lands & status
    if kind == "status":  # data, or a hole that reads as zeroes  #? status & holes
        zero = [not any(disks[disk][at : at + 512]) for at in range(offset, offset + size, 512)]
        zero = [False] if DISKS[disk][2:] else zero  # of a format nothing is known  #? status_of_format
        run = zero.index(not zero[0]) * 512 if (not zero[0]) in zero else size
        data = pack(">III", 0, run, 3 if zero[0] else 0)
    data = pack(">III", 0, size, 0) if kind == "status" else data  #? status & !holes
    chunk = 0x8001 if error else {"read": 1, "status": 5}.get(kind, 0)  # of a structured reply  #? status
    data = pack(">IH", error, 0) if error else data  #? status
    file.write(pack(">IHH8sI", 0x668E33EF, 1, chunk, handle, len(data)) + data)  #? status

class Monitor(socketserver.StreamRequestHandler):
    """Hears QEMU's monitor (QMP)."""
    def handle(self):
        for message in map(json.loads, self.rfile):
            event, data = message.get("event", ""), message.get("data", {})  #? job
            if "QMP" in message:
                qmp.update(message["QMP"]["version"], file=self.wfile)
            elif event == "JOB_STATUS_CHANGE":  #? job
                answers[data["id"]] = data["status"] == "null" or None
                state[data["id"]] = data["status"]  #? resume | finalize
            elif event.startswith("BLOCK_JOB_") and "device" in data:  # PENDING has none  #?= job & finalize
            elif event.startswith("BLOCK_JOB_"):  #?= job & !finalize
                ends[data["device"]] = "failed" if "error" in data else event[10:].lower()  #? ends & job
                seen.append(event)  #? job
            elif "error" in message and not message["id"].startswith("block-job-"):
                refused.append(f"{message['id']}: {message['error']['desc']}")
            replies.add(message.get("id"))  #? keeps

def command(execute, arguments):
    line = json.dumps({"execute": execute, "arguments": arguments, "id": execute})
    qmp["file"].write(line.encode())
    settle()  # and no wait for the reply: QEMU does not serve its monitor while it drains

def call(execute, **arguments):  #? keeps
    """A command with its reply."""
    replies.discard(execute)
    command(execute, arguments)
    until(lambda: execute in replies, f"the reply to {execute}")

def connect(name, export):
    """A client of one of QEMU's exports (NBD_OPT_EXPORT_NAME)."""
    clients[name] = sock = socket.socket(socket.AF_UNIX)
    sock.connect("exports")
    sock.sendall(pack(">I8sII", 3, b"IHAVEOPT", 1, len(export)) + export.encode())
    sock.recv(28, socket.MSG_WAITALL)

def ask(name, kind, offset, size):
    """A client's request. Its answer, an error and what it reads, comes later."""
    def hear():
        _, error, _ = unpack(">IIQ", clients[name].recv(16, socket.MSG_WAITALL))
        if kind in ("write", "zero") and not error:  #? shown & t0
            source = "source2" if name in ON_SECOND else "source"  #? second
            shown[source][offset : offset + size] = data or bytes(size)  #? second
            shown["source"][offset : offset + size] = data or bytes(size)  #? !second
        length = size if kind == "read" and not error else 0
        answers[name] = error, clients[name].recv(length, socket.MSG_WAITALL)
        seen.append(f"{name} error {error}" if error else f"{name} ok")
    answers[name] = None
    data = pattern(offset, size, f".{name}") if kind == "write" else b""
    clients[name].sendall(pack(">IHHQQI", 0x25609513, 0, KINDS.index(kind), 0, offset, size) + data)
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
    for _ in range(3 if disk in clients else 0):  # it may lag (nbd_recv_coroutines_wake)  #? nudged
        clients[disk].sendall(pack(">IHHQQI", 0x25609513, 0, 0, 0, len(disks[disk]) - TAIL, 1))
        rest()
    for job in set(JOBS) & set(answers) - set(t0):  # created with its disk drained: at T0  #? t0 & job & second
        t0[job] = bytes(shown[job.replace("job", "source")])  #? shown
        t0[job] = bytes(disks[job.replace("job", "source")][:SIZE])  #? !shown
    if "job" in answers and not t0:  # it is created with the disk drained: at T0  #? t0 & job & !second
        t0["job"] = bytes(shown["source"])  #? shown
        t0["job"] = bytes(disks["source"][:SIZE])  #? !shown
    judge_answers()  #? judges_answers

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

def until(condition, what, status=125):  #?= check_hang
def until(condition, what):  #?= !check_hang
    """Lets requests go, the oldest first, until it is so."""
    while not condition():
        late = [name for name in answers if answers[name] is None]
        why = f"nothing is held back, {what} does not come, and these wait: {late}"  #? check_hang
        let_go(held[0]) if held else say(status, why)  #? check_hang
        let_go(held[0]) if held else say(125, f"nothing is held back, {what} does not come: {late}")  #? !check_hang

def step(who, what, *where):
    """Returns a note if it could not be done as it is."""
    if who in ("user", "operator"):
        said.append(what)  #? none
        t0.setdefault("job", bytes(disks["source"][:SIZE]))  #? filter & !shown
        t0.setdefault("job", bytes(shown["source"]))  #? filter & shown
        return command(*COMMANDS[what]) or ""  #? job
        return ""  #? filter
    if who in CLIENTS:  #? guests
        return ask(who, what.replace("readT0", "read"), *where) or ""  #?= readT0
        return ask(who, what, *where) or ""  #?= !readT0
    error = getattr(errno, where[3]) if what == "fail" and "fault" not in without else 0  #? faults
    if error:  #? faults
        until(lambda: find(who, *where), f"{where[0]} {where[1]} of the {who}, which should fail,")
    request = find(who, *where)
    if request and what in ("take", "put"):  #? lands
        land(request)
        settle()
    elif request:  #? lands
        let_go(request, error)  #? faults
        let_go(request)  #? !faults
    request and let_go(request, error)  #? !lands & faults
    request and let_go(request)  #? !lands & !faults
    return "" if request and request[0][2:] == tuple(where[1:3]) else "(different request, or none)"

def finish():  #? resume | finalize | none
    while held or not all(answers.get(job) for job in JOBS):  #?= second
    while held or not answers.get("job"):  #?= !second
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

def judge_reader():  #? reader_judged
    if any(failed):  # a copy under break-snapshot: readers of the target are not told  #? void
        return
    shown = read("reader")
    if shown is not None:
        compare(shown, t0["job"], "the backup shows")
    elif not any(failed):  # a snapshot that has been given up may say so
        wrong.append("the backup can not be read")

def read(name):  #? reads
    """What a client reads of the whole disk; None: an error. By clusters: a read of
    several is wrong in snapshot-access of 7.0 to 7.2, whatever else is."""
    parts = []
    for at in range(0, SIZE, 65536):
        ask(name, "read", at, min(65536, SIZE - at))
        until(lambda: answers[name], f"what {name} reads")
        parts.append(answers[name])
    return None if any(error for error, _ in parts) else b"".join(data for _, data in parts)

def shown_by(target):  #? shown_by
    """What QEMU shows of it."""
    command("block-export-add", {"id": target, "type": "nbd", "node-name": target})
    connect("shown", target)
    return read("shown") or say(125, f"QEMU can not read the {target}")  #? reads
    ask("shown", "read", 0, SIZE)  #? !reads
    until(lambda: answers["shown"], f"what the {target} shows")  #? !reads
    return answers["shown"][1] or say(125, f"QEMU can not read the {target}")  #? !reads

def compare(got, right, words, start=0):  #? compares
    """Tells of the first 512 bytes in which they differ."""
    for at in range(0, len(got), 512):
        both = got[at : at + 512], right[at : at + 512]
        if both[0] != both[1]:
            has, should = (data.strip(b"\0").decode().split(" ")[0] or "zero" for data in both)
            has += f" in sector {(start + at) // SECTOR}"
            return wrong.append(f"{words} {has} instead of {should}")

program, *without = sys.argv[1:] or ["qemu-storage-daemon"]
known = "--without", "fault", *CLIENTS
set(without) <= set(known) or say(125, f"the arguments are a QEMU, and any of {known}")
program = os.path.abspath(shutil.which(program) or say(125, f"there is no program {program}"))
os.chdir((folder := tempfile.TemporaryDirectory()).name)
socketserver.ThreadingMixIn.daemon_threads = True
disks = {name: image(*disk) for name, disk in DISKS.items()}
shown = {name: image(SIZE, SHOWN) for name in ("source", "source2")}  #? t0 & shown & second
shown = {"source": image(SIZE, SHOWN)}  #? t0 & shown & !second
for path, handler in ("disks", Disk), ("qmp", Monitor):
    server = socketserver.ThreadingUnixStreamServer(path, handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
end_with_us = functools.partial(ctypes.CDLL(None).prctl, 1, signal.SIGKILL)  # PR_SET_PDEATHSIG
process = subprocess.Popen([program, *QEMU], preexec_fn=end_with_us)
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
    note = "(left out)" if words[0] in without else step(*words)
    print(f"{number:4} ", *words, note, "->", ", ".join(seen[before:]), flush=True)
finish()  #? resume | finalize | none
until(lambda: not held and all(map(answers.get, [*JOBS, *answers])), "the end", 1)  #? check_hang & second
until(lambda: not held and all(map(answers.get, [*JOBS, *answers])), "the end")  #? !check_hang & second
until(lambda: not held and all(map(answers.get, ["job", *answers])), "the end", 1)  #? check_hang & job & !second
until(lambda: not held and all(map(answers.get, ["job", *answers])), "the end")  #? !check_hang & job & !second
until(lambda: not held and all(answers.values()), "the end", 1)  #? check_hang & filter
until(lambda: not held and all(answers.values()), "the end")  #? !check_hang & filter
judge_reader()  #? filter & reader_judged
for name, kind, *where in STEPS:  #? check_reader & filter & !void
    if kind == "readT0" and name in answers and not answers[name][0]:
        compare(answers[name][1], t0["job"][where[0] :], f"{name} reads", where[0])
ends["job"] == "completed" or say(0, f"the job has {ends['job']}")  #? check_target & !second
for job in JOBS:  #? check_target & second
    if ends[job] == "completed":
        name = job.replace("job", "target")
        target = shown_by(name)  #? target_qcow2
        target = disks[name][:SIZE]  #? !target_qcow2
        compare(target, t0[job], f"{job} has completed without an error, and its target shows")
for job in JOBS:  #?= check_increment & second
    source, target = job.replace("job", "source"), job.replace("job", "target")  #? check_increment & second
for job, source, target in [("job", "source", "target")]:  #?= long_increment & !second
    if ends[job] in KEEPS_POINT:  #? keeps
        call("blockdev-del", **{"node-name": target})
        disks[target][:] = image(*DISKS[target])
        call("blockdev-add", **TARGETS[target])
    ids = {"job-id": f"next-{job}", "device": source, "target": target}  #? long_increment
    command("blockdev-backup", {**ids, "sync": "incremental", "bitmap": "dirty"})  #? long_increment
    until(lambda: answers.get(f"next-{job}"), "the end of the next increment")  #? long_increment
    disk = read(source.replace("source", "guest"))  #? long_increment & shown
    disk = disks[source][:SIZE]  #? long_increment & !shown
    got = shown_by(target)  #? long_increment & target_qcow2
    got = disks[target][:SIZE]  #? long_increment & !target_qcow2
    compare(got, disk, "after the next increment the target shows")  #? long_increment
ids = {"job-id": "next", "device": "source", "target": "target"}  #? short_increment
command("blockdev-backup", {**ids, "sync": "incremental", "bitmap": "dirty"})  #? short_increment
until(lambda: answers.get("next"), "the end of the next increment")  #? short_increment
command("block-export-add", {"id": "target", "type": "nbd", "node-name": "target"})  #? lone_target
connect("shown", "target")  #? lone_target
ask("shown", "read", 0, SIZE)  #? lone_target
until(lambda: answers["shown"], "what the target shows")  #? lone_target
target = answers["shown"][1] or say(125, "QEMU can not read the target")  #? lone_target
target = disks["target"][:SIZE]  #? check_target & !second & !target_qcow2 | short_increment & !target_qcow2
compare(target, read("guest"), "after the next increment the target shows")  #? short_increment & shown
compare(target, disks["source"][:SIZE], "after the next increment the target shows")  #? short_increment & !shown
compare(target, t0["job"], "the job has completed without an error, and its target shows")  #? check_target & !second
print("ends:", ends)  #? check_group
if {"completed"} < set(ends.values()):  #? check_group
    words = " and ".join(f"{job} has {end}" for job, end in ends.items())
    wrong.append(f"{words}, and of a group either all complete or none")
say(1, "; ".join(wrong)) if wrong else say(0, "the promise was kept")
