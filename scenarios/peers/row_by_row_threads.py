"""row_by_row with psycopg2 and a pool of threads: one connection for each of them."""

import concurrent.futures
import os
import queue
import traceback

import psycopg2

import peer

INSERT_GEO = peer.pyformat(peer.INSERT_GEO)
SELECT_GEO = peer.pyformat(peer.SELECT_GEO)
SELECT_DICTIONARY = peer.pyformat(peer.SELECT_DICTIONARY)
INSERT_ELEMENT = peer.pyformat(peer.INSERT_ELEMENT)


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
    try:
        with connection.cursor() as cursor:
            while (record := waiting.get()) is not None:
                rows += step(cursor, record)
    except Exception:  # the others would wait for this thread without end
        traceback.print_exc()
        os._exit(1)
    return rows


def run(step, connections, records):
    waiting = queue.Queue(peer.QUEUE)
    with concurrent.futures.ThreadPoolExecutor(len(connections)) as pool:
        workers = [pool.submit(work, step, connection, waiting) for connection in connections]
        try:
            for record in records:
                waiting.put(record)
        finally:
            for _ in connections:
                waiting.put(None)
    return sum(worker.result() for worker in workers)


def main():
    connections = [connect() for _ in range(peer.POOLSIZE)]
    run(insert_geo, connections, peer.geo_records())
    with peer.measured() as figures:
        figures["rows"] = run(insert_data, connections, peer.data_records())


main()
