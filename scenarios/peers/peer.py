"""What the peers have in common: settings, statements, records, and the measuring of a step.

The settings come from the environment: BIGDATA_DBURL (a libpq URI or keyword string, or the name of
a database; without it libpq's own variables say where to connect), BIGDATA_POOLSIZE, BIGDATA_QUEUE,
BIGDATA_DIRECTORY, BIGDATA_LIMIT.
"""

import contextlib
import io
import itertools
import json
import os
import pathlib
import re
import resource
import sys
import threading
import time
import zipfile
from collections import namedtuple


def connection_string(url):
    """The name of a database as the keyword string that says the same: psql takes either, but
    libraries do not."""
    if not url or "=" in url or url.startswith(("postgresql://", "postgres://")):
        return url
    return "dbname='" + re.sub(r"([\\'])", r"\\\1", url) + "'"


DBURL = connection_string(os.environ.get("BIGDATA_DBURL", ""))
POOLSIZE = int(os.environ.get("BIGDATA_POOLSIZE", "15"))
DIRECTORY = pathlib.Path(os.environ.get("BIGDATA_DIRECTORY", "data/sample"))
LIMIT = int(os.environ.get("BIGDATA_LIMIT", "0")) or None
QUEUE = int(os.environ.get("BIGDATA_QUEUE", "4096"))  # records; 0: any number

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


class Step:
    """How many rows a step has inserted, and when its last record was on the queue."""

    def __init__(self):
        self.began, self.lock, self.figures = time.monotonic(), threading.Lock(), {"rows": 0}

    def done(self, rows):
        with self.lock:
            self.figures["rows"] += rows

    def seconds(self):
        return time.monotonic() - self.began

    def fed(self):
        self.figures.update(fed_rows=self.figures["rows"], fed_seconds=self.seconds())


STEPS = {}  # the figures of each, by its name


@contextlib.contextmanager
def measured(name):
    """Measure what the block takes for a step, which is given to it."""
    before, step = resource.getrusage(resource.RUSAGE_SELF), Step()
    yield step
    seconds, after = step.seconds(), resource.getrusage(resource.RUSAGE_SELF)
    STEPS[name] = step.figures | {
        "seconds": seconds,
        "cpu_user_seconds": after.ru_utime - before.ru_utime,
        "cpu_system_seconds": after.ru_stime - before.ru_stime,
    }


def report():
    """Print the figures as bigdata.external wants them: those of the data, and of other steps."""
    print(json.dumps(STEPS.pop("data") | {"steps": STEPS}))
