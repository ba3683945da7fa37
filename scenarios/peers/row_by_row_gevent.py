"""row_by_row with psycopg2 made cooperative, and a greenlet of gevent for each connection."""

import gevent
import gevent.queue
import psycopg2
from gevent.socket import wait_read, wait_write
from psycopg2.extensions import POLL_OK, POLL_READ, POLL_WRITE, set_wait_callback

import peer

INSERT_GEO = peer.pyformat(peer.INSERT_GEO)
SELECT_GEO = peer.pyformat(peer.SELECT_GEO)
SELECT_DICTIONARY = peer.pyformat(peer.SELECT_DICTIONARY)
INSERT_ELEMENT = peer.pyformat(peer.INSERT_ELEMENT)

WAIT = {POLL_READ: wait_read, POLL_WRITE: wait_write}


def wait(connection):
    """Let other greenlets run while libpq waits."""
    while (state := connection.poll()) != POLL_OK:
        WAIT[state](connection.fileno())


def insert_geo(cursor, record):
    cursor.execute(INSERT_GEO, record)
    return 1


def insert_data(cursor, record):
    cursor.execute(SELECT_GEO, (record.fileid, record.stusab, record.logrecno))
    (geo_id,) = cursor.fetchone()
    cursor.execute(SELECT_DICTIONARY, (record.cifsn,))
    for (item_id,), value in zip(cursor.fetchall(), record.items, strict=True):
        cursor.execute(INSERT_ELEMENT, (geo_id, item_id, value))
    return len(record.items)


def connect():
    connection = psycopg2.connect(peer.DBURL)
    connection.autocommit = True
    return connection


def work(step, connection, waiting):
    """Do the step for the records on the queue; the number of rows."""
    rows = 0
    with connection.cursor() as cursor:
        while (record := waiting.get()) is not None:
            rows += step(cursor, record)
    return rows


def feed(records, waiting, workers):
    for record in records:
        waiting.put(record)
    for _ in range(workers):
        waiting.put(None)


def run(step, connections, records):
    waiting = gevent.queue.Queue(peer.QUEUE)
    workers = [gevent.spawn(work, step, connection, waiting) for connection in connections]
    feeder = gevent.spawn(feed, records, waiting, len(connections))
    gevent.joinall([feeder, *workers], raise_error=True)
    return sum(worker.value for worker in workers)


def main():
    set_wait_callback(wait)
    connections = [connect() for _ in range(peer.POOLSIZE)]
    run(insert_geo, connections, peer.geo_records())
    with peer.measured() as figures:
        figures["rows"] = run(insert_data, connections, peer.data_records())


main()
