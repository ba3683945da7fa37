"""What the peers have in common: settings, statements, records, and the measuring of a step.

The settings come from the environment: BIGDATA_DBURL (a libpq URI or keyword string; without it
libpq's own variables say where to connect), BIGDATA_POOLSIZE, BIGDATA_DIRECTORY, BIGDATA_LIMIT.
"""

import asyncio
import contextlib
import io
import itertools
import json
import os
import pathlib
import re
import resource
import sys
import time
import zipfile
from collections import namedtuple

DBURL = os.environ.get("BIGDATA_DBURL", "")
POOLSIZE = int(os.environ.get("BIGDATA_POOLSIZE", "15"))
DIRECTORY = pathlib.Path(os.environ.get("BIGDATA_DIRECTORY", "data/sample"))
LIMIT = int(os.environ.get("BIGDATA_LIMIT", "0")) or None
QUEUE = 4096  # records

GEO_FILES = sorted(DIRECTORY.glob("??geo_uf1.zip"))
DATA_FILES = sorted(DIRECTORY.glob("??000??*uf1.zip"))
if not GEO_FILES or not DATA_FILES:
    sys.exit(f"no Census files in {DIRECTORY}: looked for SSgeo_uf1.zip and SSNNNNN_uf1.zip")

INSERT_GEO = """
  insert into geo_record (fileid, stusab, chariter, cifsn, logrecno)
  values ($1, $2, $3, $4, $5)"""

SELECT_GEO = """
  select id from geo_record where fileid = $1 and stusab = $2 and logrecno = $3"""

SELECT_DICTIONARY = """
  select d.id from dictionary_item as d join matrix as m on d.matrix_id = m.id
  where m.segment_id = $1 order by m.sortkey, d.index"""

INSERT_ELEMENT = """
  insert into data_element (geo_record_id, dictionary_item_id, value)
  values ($1, $2, $3)"""


def pyformat(sql):
    """The statement with its parameters as psycopg2 writes them."""
    return re.sub(r"\$\d+", "%s", sql)


# Where fileid, stusab, chariter, cifsn and logrecno stand in a geographic header.
GEO_FIELDS = slice(0, 6), slice(6, 8), slice(13, 16), slice(16, 18), slice(18, 25)

Data = namedtuple("Data", "fileid stusab chariter cifsn logrecno items")


def lines(paths):
    """The lines of the only member of each zip file."""
    for path in paths:
        with zipfile.ZipFile(path) as archive:
            with archive.open(archive.namelist()[0]) as member:
                yield from io.TextIOWrapper(member, "latin-1")


def geo_records():
    """fileid, stusab, chariter, cifsn and logrecno of the geographic headers."""
    for line in itertools.islice(lines(GEO_FILES), LIMIT):
        yield tuple(line[field].strip() for field in GEO_FIELDS)


def data_records():
    """The records of the segments."""
    for line in itertools.islice(lines(DATA_FILES), LIMIT):
        fields = line.rstrip("\n").split(",")
        yield Data(*fields[:5], fields[5:])


@contextlib.contextmanager
def measured():
    """Print what the block took; it puts its number of rows into the dictionary given to it."""
    figures = {}
    before, began = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
    yield figures
    after, ended = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
    figures["seconds"] = ended - began
    figures["cpu_user_seconds"] = after.ru_utime - before.ru_utime
    figures["cpu_system_seconds"] = after.ru_stime - before.ru_stime
    print(json.dumps(figures))


async def run_tasks(step, sessions, records):
    """A task for each session does the step for the records on a queue; the number of rows."""
    waiting = asyncio.Queue(QUEUE)

    async def feed():
        for record in records:
            await waiting.put(record)
        for _ in sessions:
            await waiting.put(None)

    async def work(session):
        rows = 0
        while (record := await waiting.get()) is not None:
            rows += await step(session, record)
        return rows

    async with asyncio.TaskGroup() as group:
        group.create_task(feed())
        workers = [group.create_task(work(session)) for session in sessions]
    return sum(worker.result() for worker in workers)
