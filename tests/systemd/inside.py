"""What a sysadmin does to attimo, done under a real systemd. run.sh starts a machine in which this is a service.

Each thing that was tried is a line on the console that begins with "TRY ok" or "TRY not ok"; the last line has the sum.
Clients come through the socket that attimo.socket opens, as nginx does; what counts as an error of theirs, and what is
looked for in the journal at the end, tests/upgrade/upgrade.py says.
"""
import asyncio
import contextlib
import os
import pwd
import re
import signal
import socket
import stat
import subprocess
import sys
import time
import traceback
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "upgrade"))
from upgrade import Client, Tally, hold_against  # noqa: E402  (it makes ../support known, too)
from serving import suspend  # noqa: E402

CONFIG = "/etc/attimo.yaml"
PROGRAM = "/usr/local/bin/attimo"
SOCKET = "/run/attimo/attimo.sock"
DATA = "/var/lib/attimo"
PATIENCE_S = 240  # the machine may be emulated, and its host busy
WATCHDOG_S = 20
EXPOSURE_MAX = 2.0
# What is added to the units. No interface has the first address.
SOCKETS = {
    "/etc/systemd/system/attimo.socket.d/far.conf": "[Socket]\nListenStream=192.0.2.10:8080\n",
    "/etc/systemd/system/attimo-admin.socket":
        "[Socket]\nListenStream=127.0.0.1:8081\nFileDescriptorName=admin\nService=attimo.service\n",
}


# --- looking at the service ----------------------------------------------------------------------------------------

def run(*words):
    """What it printed. A command that fails is a failure of what is tried."""
    done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == 0, f"{' '.join(words)}: exit {done.returncode}\n{done.stdout}"
    return done.stdout


def fails(*words):
    return subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode != 0


def prop(name, unit="attimo.service"):
    return run("systemctl", "show", "--value", "-p", name, unit).strip()


def main_pid():
    return int(prop("MainPID"))


def log():
    return run("journalctl", "-u", "attimo.service", "-o", "cat", "--no-pager")


def until(what, condition):
    end = time.monotonic() + PATIENCE_S
    while not (found := condition()):
        assert time.monotonic() < end, f"waited {PATIENCE_S} s: {what}"
        time.sleep(0.05)
    return found


def metric(line):
    """The value of a metric, which is named with its labels."""
    with urllib.request.urlopen("http://127.0.0.1:8081/metrics", timeout=PATIENCE_S) as answer:
        for row in answer.read().decode().splitlines():
            if row.startswith(line + " "):
                return float(row.rsplit(" ", 1)[1])
    raise AssertionError(f"there is no {line}")


def expect_serving(pid=None):
    """A reload has its own state for a moment, which may begin only behind `systemctl reload`: attimo tells systemd."""
    until("it serves", lambda: prop("SubState") == "running")
    found = main_pid()
    assert pid is None or found == pid, f"the main process is {found}, not {pid}"
    return found


def configure(key, value):
    with open(CONFIG) as f:
        text = f.read()
    with open(CONFIG, "w") as f:
        f.write(re.sub(rf"(?m)^{key}:.*", f"{key}: {value}", text))


# --- clients -------------------------------------------------------------------------------------------------------

tallies = []


def connect():
    return asyncio.open_unix_connection(SOCKET)


def visit():
    """A page, and a click that is acknowledged: the view before it is in the journal, too."""
    tally = Tally("by hand")
    tallies.append(tally)

    async def once():
        client = Client(tally, connect)
        await asyncio.wait_for(client.get(), PATIENCE_S)
        await asyncio.wait_for(client.post(), PATIENCE_S)
        client.drop()

    asyncio.run(once())


def under_load(work):
    """Does it while pages are asked for and clicks are sent, and expects each to be answered well."""
    tally = Tally("under load")
    tallies.append(tally)

    async def all_of_it():
        stop = asyncio.Event()
        asks = [(Client.get, 0.02), (Client.post, 0.02), (Client.get, 0.1), (Client.post, 0.1), (Client.get, 3)]
        tasks = [asyncio.create_task(Client(tally, connect).run(ask, pause, stop)) for ask, pause in asks]
        try:
            await asyncio.get_running_loop().run_in_executor(None, work)
        finally:
            stop.set()
            await asyncio.gather(*tasks)

    asyncio.run(all_of_it())
    assert not tally.errors, tally.words() + "\n" + "\n".join(tally.errors[:10])
    assert tally.pages > 0 and tally.events, "there was no load"
    return tally.words()


# --- what is tried -------------------------------------------------------------------------------------------------

def it_starts_with_its_socket():
    run("systemctl", "enable", "--now", "attimo.socket", "attimo.service")
    expect_serving()
    visit()
    said = log()
    assert prop("StatusText") == "serving" and " ready" in said and "isolated:" in said and "from systemd" in said, said


def it_runs_as_its_user_with_nothing_besides():
    with open(f"/proc/{main_pid()}/status") as f:
        status = dict(line.rstrip("\n").split(":\t", 1) for line in f if ":\t" in line)
    uid = pwd.getpwnam("attimo").pw_uid
    assert status["Uid"].split() == [str(uid)] * 4, status["Uid"]
    assert int(status["CapEff"], 16) == 0 and status["NoNewPrivs"] == "1" and status["Seccomp"] == "2", str(status)


def only_nginx_may_come_to_the_socket():
    there = os.stat(SOCKET)
    assert stat.S_IMODE(there.st_mode) == 0o660, oct(there.st_mode)
    reach = "import socket; socket.socket(socket.AF_UNIX).connect('" + SOCKET + "')"
    run("runuser", "-u", "www-data", "--", sys.executable, "-c", reach)
    assert fails("runuser", "-u", "nobody", "--", sys.executable, "-c", reach), "nobody may connect"


def nginx_cannot_read_what_is_recorded():
    assert fails("runuser", "-u", "www-data", "--", "ls", DATA), oct(os.stat(DATA).st_mode)
    run("runuser", "-u", "attimo", "--", "ls", DATA + "/journal")


def its_exposure_is_small():
    words = run("systemd-analyze", "security", "--no-pager", "attimo.service")
    found = float(re.search(r"Overall exposure level for attimo\.service: ([0-9.]+)", words).group(1))
    assert found <= EXPOSURE_MAX, words
    return f"{found} of 10"


def a_reload_changes_what_can_change():
    pid = main_pid()
    good = metric('attimo_reloads_total{result="good"}')
    configure("log_level", "debug")
    run("systemctl", "reload", "attimo")
    until("it has reloaded", lambda: metric('attimo_reloads_total{result="good"}') > good)
    expect_serving(pid)
    configure("log_level", "info")
    run("systemctl", "reload", "attimo")
    until("and again", lambda: metric('attimo_reloads_total{result="good"}') > good + 1)


def a_reload_of_nonsense_changes_nothing():
    pid = main_pid()
    configure("workers", "many")
    run("systemctl", "reload", "attimo")
    until("it says so", lambda: metric("attimo_last_reload_successful") == 0)
    configure("workers", "1")
    run("systemctl", "reload", "attimo")
    until("it is mended", lambda: metric("attimo_last_reload_successful") == 1)
    expect_serving(pid)


def restarts_refuse_nobody():
    def work():
        for _ in range(3):
            before = main_pid()
            run("systemctl", "restart", "attimo")
            assert expect_serving() != before

    words = under_load(work)
    run("systemctl", "reset-failed", "attimo")
    return words


def killed_it_comes_back():
    visit()
    before, times = main_pid(), int(prop("NRestarts"))
    os.kill(before, signal.SIGKILL)
    visit()
    until("it is another one", lambda: main_pid() not in (0, before))
    assert int(prop("NRestarts")) == times + 1
    until("it serves", lambda: prop("SubState") == "running")


def hanging_it_is_killed_and_comes_back():
    visit()
    before, times = main_pid(), int(prop("NRestarts"))
    suspend(before)
    visit()
    until("it is another one", lambda: main_pid() not in (0, before))
    assert int(prop("NRestarts")) == times + 1
    assert "watchdog" in run("journalctl", "-u", "attimo.service", "--no-pager").lower()
    until("it serves", lambda: prop("SubState") == "running")


def upgrade():
    """What docs/operations.md says."""
    run("install", "-D", "-m", "755", PROGRAM, PROGRAM + ".new")
    os.rename(PROGRAM + ".new", PROGRAM)
    run("touch", "/run/attimo/upgrade")
    run("systemctl", "reload", "attimo")


def upgrades_cost_nobody_anything():
    def work():
        for _ in range(3):
            before, times = main_pid(), prop("NRestarts")
            upgrade()
            assert expect_serving() != before and prop("NRestarts") == times
            until("the old one has left", lambda: not os.path.exists(f"/proc/{before}"))

    return under_load(work)


def after_an_upgrade_the_service_is_watched_as_before():
    pid = main_pid()
    time.sleep(2.5 * WATCHDOG_S)
    expect_serving(pid)
    with open(f"/proc/{pid}/cgroup") as f:
        assert "attimo.service" in f.read(), "it is not of the service"
    suspend(pid)
    visit()
    until("it is another one", lambda: main_pid() not in (0, pid))
    until("it serves", lambda: prop("SubState") == "running")


def an_upgrade_that_fails_is_told_and_changes_nothing():
    pid = main_pid()
    configure("workers", "many")
    os.close(os.open("/run/attimo/upgrade", os.O_CREAT | os.O_WRONLY))
    assert fails("systemctl", "reload", "attimo"), "the reload is said to have succeeded"
    configure("workers", "1")
    expect_serving(pid)
    visit()
    upgrade()
    assert expect_serving() != pid


def killed_after_an_upgrade_it_comes_back():
    killed_it_comes_back()


def a_restart_leaves_no_mark_for_a_later_reload():
    run("touch", "/run/attimo/upgrade")
    run("systemctl", "restart", "attimo")
    pid = expect_serving()
    run("systemctl", "reload", "attimo")
    expect_serving(pid)


def knock():
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as s:
        s.connect(SOCKET)


def a_new_key_is_made_though_visitors_come():
    """What docs/operations.md says."""
    def key():
        with open(DATA + "/secret", "rb") as f:
            return f.read()

    before = key()
    run("systemctl", "stop", "attimo.socket", "attimo")
    for _ in range(20):
        knock()
    assert prop("ActiveState") == "inactive", "a visitor has started it"
    os.unlink(DATA + "/secret")
    run("systemctl", "start", "attimo.socket", "attimo")
    expect_serving()
    visit()
    assert key() != before


def sockets_may_have_addresses_that_come_later_and_one_is_for_the_admin():
    for path, words in SOCKETS.items():
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as f:
            f.write(words)
    units = ["attimo.socket", "attimo-admin.socket", "attimo.service"]
    run("systemctl", "stop", *units[::2])
    run("systemctl", "daemon-reload")
    run("systemctl", "start", *units)
    expect_serving()
    visit()
    said = log()[log().rindex("isolated:"):]
    assert said.count("from systemd") == 3 and metric("attimo_takedowns") == 0, said
    run("systemctl", "stop", *units)
    for path in SOCKETS:
        os.unlink(path)
    run("systemctl", "daemon-reload")
    run("systemctl", "start", *units[::2])
    expect_serving()
    visit()


def a_wrong_configuration_is_mended_and_started():
    configure("workers", "many")
    assert fails("systemctl", "restart", "attimo"), "it has started"
    assert prop("ActiveState") == "failed" and prop("ExecMainStatus") == "2", run("systemctl", "show", "attimo")
    tries = log().count("attimo.yaml:")
    # Whoever comes makes systemd try, and give the socket up where that fails too often.
    for _ in range(20):
        knock()
    until("it has been tried again", lambda: log().count("attimo.yaml:") > tries)
    socket_was = prop("ActiveState", "attimo.socket")
    configure("workers", "1")
    run("systemctl", "stop", "attimo.socket", "attimo.service")
    run("systemctl", "start", "attimo.socket", "attimo.service")
    expect_serving()
    visit()
    assert log().rindex("from systemd") > log().rindex("attimo.yaml:")
    return "meanwhile the socket was " + socket_was


def without_its_socket_it_opens_one_itself():
    run("systemctl", "stop", "attimo.socket", "attimo.service")
    run("systemctl", "start", "attimo.service")
    expect_serving()
    visit()
    run("runuser", "-u", "www-data", "--", sys.executable, "-c",
        "import socket; socket.socket(socket.AF_UNIX).connect('" + SOCKET + "')")


def it_stops():
    run("systemctl", "stop", "attimo.service")
    assert prop("ActiveState") == "inactive" and prop("Result") == "success" and prop("ExecMainStatus") == "0"
    assert not os.path.exists(SOCKET), "its socket is still there"


def every_click_is_in_the_journal_once():
    clicks, views = hold_against(DATA, tallies)
    run("runuser", "-u", "attimo", "--", PROGRAM, "journal", "verify", "--data", DATA)
    return f"{clicks} clicks, {views} views"


def started_by_root_it_becomes_its_user():
    process = subprocess.Popen(
        [PROGRAM, "serve", "--pages", "/srv/site/pages", "--data", "/srv/data", "--user", "attimo", "--listen",
         "unix:/run/as-root.sock", "--admin", "off"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True)
    try:
        until("it is ready", lambda: " ready" in process.stderr.readline())
        with open(f"/proc/{process.pid}/status") as f:
            uids = re.search(r"^Uid:\t(.*)$", f.read(), re.M).group(1).split()
        assert uids == [str(pwd.getpwnam("attimo").pw_uid)] * 4, str(uids)
        assert os.stat("/srv/data").st_uid == pwd.getpwnam("attimo").pw_uid
    finally:
        process.terminate()
        assert process.wait(PATIENCE_S) == 0


TRIED = [
    it_starts_with_its_socket,
    it_runs_as_its_user_with_nothing_besides,
    only_nginx_may_come_to_the_socket,
    nginx_cannot_read_what_is_recorded,
    its_exposure_is_small,
    a_reload_changes_what_can_change,
    a_reload_of_nonsense_changes_nothing,
    restarts_refuse_nobody,
    killed_it_comes_back,
    hanging_it_is_killed_and_comes_back,
    upgrades_cost_nobody_anything,
    after_an_upgrade_the_service_is_watched_as_before,
    an_upgrade_that_fails_is_told_and_changes_nothing,
    killed_after_an_upgrade_it_comes_back,
    a_restart_leaves_no_mark_for_a_later_reload,
    a_new_key_is_made_though_visitors_come,
    sockets_may_have_addresses_that_come_later_and_one_is_for_the_admin,
    a_wrong_configuration_is_mended_and_started,
    without_its_socket_it_opens_one_itself,
    it_stops,
    every_click_is_in_the_journal_once,
    started_by_root_it_becomes_its_user,
]


def say(words):
    for line in words.splitlines():
        print("TRY " + line, flush=True)


def main():
    began = time.monotonic()
    failed = 0
    say(f"# {run('systemctl', '--version').splitlines()[0]}, Linux {os.uname().release}")
    for tried in TRIED:
        words = tried.__name__.replace("_", " ")
        try:
            more = tried()
            say(f"ok {words}" + (f" # {more}" if more else ""))
        except Exception:  # whatever it is, the next thing is tried
            failed += 1
            say(f"not ok {words}\n" + traceback.format_exc())
            say("\n".join("    # " + line for line in run("journalctl", "--no-pager", "-n", "60").splitlines()))
    say(f"# {time.monotonic() - began:.0f} s")
    say(f"{len(TRIED) - failed} passed, {failed} failed, 0 skipped")


if __name__ == "__main__":
    main()
