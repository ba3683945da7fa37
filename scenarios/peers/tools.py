"""What the adapters of PostgreSQL's own tools, and of sysbench, have in common. The measured part
is the tool's; the geographic headers are loaded before it, and what it is to insert is laid out in
files beforehand, since none of the tools reads Census files."""

import json
import os
import subprocess
import sys
import time

import peer

NAME = f"bigdata peer {os.getpid()}"  # of the measured program's connections


def psql(*arguments, text=""):
    """What psql prints for a script on its standard input, as lists of columns."""
    command = ["psql", "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1",
               "-d", peer.DBURL, *arguments]
    done = subprocess.run(command, input=text, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stderr.strip())
    return [line.split("\t") for line in done.stdout.splitlines()]


def copy_rows(table, columns, rows):
    """COPY the rows into the table."""
    text = "".join("\t".join(map(str, row)) + "\n" for row in rows)
    psql(text=f"copy {table} ({columns}) from stdin;\n{text}\\.\n")


def insert_geo():
    copy_rows("geo_record", "fileid, stusab, chariter, cifsn, logrecno", peer.geo_records())


def segments():
    """The ids of each segment's dictionary items, in the order of the files."""
    found = {}
    for segment, item in psql(text="""
            select m.segment_id, d.id
            from dictionary_item as d join matrix as m on d.matrix_id = m.id
            order by m.segment_id, m.sortkey, d.index;"""):
        found.setdefault(segment, []).append(item)
    return found


def processor_time():
    """User and system seconds of the programs that were run so far."""
    usage = peer.resource.getrusage(peer.resource.RUSAGE_CHILDREN)
    return usage.ru_utime, usage.ru_stime


def run(command):
    """What the command prints, and its user and system seconds."""
    before = processor_time()
    done = subprocess.run(command, capture_output=True, text=True,
                          env={**os.environ, "LC_ALL": "C", "PGAPPNAME": NAME})
    took = [end - begin for begin, end in zip(before, processor_time())]
    if done.returncode != 0:
        sys.exit((done.stderr.strip() or done.stdout.strip())[-500:])
    return done.stdout, took


def wait_for_leaving():
    """The server ends connections some time after their program; behind a pooler it keeps them."""
    for _ in range(500):
        if not psql("-c", f"select 1 from pg_stat_activity where application_name = '{NAME}'"):
            return
        time.sleep(0.01)


def start_cost(idle):
    """The processor time of a command that starts and connects like the one to be measured, and
    does nothing more."""
    _, times = run(idle)
    wait_for_leaving()
    return sum(times)


def measure(command, rows, seconds, work):
    """Run the command, and print its figures: seconds(its output), by its own clock, which it
    starts when it has connected; and its processor time since then, which is work(its output, all
    that it took)."""
    output, (user, system) = run(command)
    share = max(0, work(output, user + system)) / (user + system)
    print(json.dumps({
        "rows": rows,
        "seconds": seconds(output),
        "cpu_user_seconds": user * share,
        "cpu_system_seconds": system * share,
    }))
