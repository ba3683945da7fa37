"""row_by_row with aiopg, which is psycopg2 under asyncio: a task for each connection."""

import asyncio

import aiopg

import peer
import tasks
from pyformat import INSERT_ELEMENT, INSERT_GEO, SELECT_DICTIONARY, SELECT_GEO


async def insert_geo(cursor, record):
    await cursor.execute(INSERT_GEO, record)
    return 1


async def insert_data(cursor, record):
    await cursor.execute(SELECT_GEO, (record.fileid, record.stusab, record.logrecno))
    (geo_id,) = await cursor.fetchone()
    await cursor.execute(SELECT_DICTIONARY, (record.cifsn,))
    for (item_id,), value in zip(await cursor.fetchall(), record.items, strict=True):
        await cursor.execute(INSERT_ELEMENT, (geo_id, item_id, value))
    return len(record.items)


async def main():
    connections = [await aiopg.connect(peer.DBURL) for _ in range(peer.POOLSIZE)]
    cursors = [await connection.cursor() for connection in connections]
    await tasks.main(insert_geo, insert_data, cursors)
    for connection in connections:
        await connection.close()


asyncio.run(main())
