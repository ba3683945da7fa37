"""row_by_row with psycopg2, whose calls return when the answer is there: what the adapters with
threads and with greenlets have in common. They differ in the queue, and in what runs work()."""

import psycopg2

import peer
from pyformat import INSERT_ELEMENT, INSERT_GEO, SELECT_DICTIONARY, SELECT_GEO


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


def work(step, insert, connection, waiting):
    """Insert the records on the queue, until None comes."""
    with connection.cursor() as cursor:
        while (record := waiting.get()) is not None:
            step.done(insert(cursor, record))


def feed(step, records, waiting):
    """Put the records on the queue, and then None for each worker."""
    try:
        for record in records:
            waiting.put(record)
        step.fed()
    finally:
        for _ in range(peer.POOLSIZE):
            waiting.put(None)


def main(run):
    """run(step, insert, connections, records) has the connections insert the records."""
    connections = [connect() for _ in range(peer.POOLSIZE)]
    with peer.measured("geo") as step:
        run(step, insert_geo, connections, peer.geo_records())
    with peer.measured("data") as step:
        run(step, insert_data, connections, peer.data_records())
    peer.report()
