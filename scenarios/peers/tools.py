"""What the adapters of PostgreSQL's own tools, and of sysbench, have in common. The measured part
is the tool's; the geographic headers are loaded before it, and what it is to insert is laid out in
files beforehand, since none of the tools reads Census files."""

import json
import subprocess
import sys
import time

import peer


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


def measure(command, rows, seconds=None):
    """Run the command, and print its figures; seconds(its output), if it tells the time itself."""
    before = peer.resource.getrusage(peer.resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True)
    took = time.monotonic() - began
    after = peer.resource.getrusage(peer.resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit((done.stderr.strip() or done.stdout.strip())[-500:])
    print(json.dumps({
        "rows": rows,
        "seconds": seconds(done.stdout) if seconds else took,
        "cpu_user_seconds": after.ru_utime - before.ru_utime,
        "cpu_system_seconds": after.ru_stime - before.ru_stime,
    }))
