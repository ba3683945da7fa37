"""row_by_row with aiopg, which is psycopg2 under asyncio: a task for each connection."""

import asyncio

import aiopg

import peer

INSERT_GEO = peer.pyformat(peer.INSERT_GEO)
SELECT_GEO = peer.pyformat(peer.SELECT_GEO)
SELECT_DICTIONARY = peer.pyformat(peer.SELECT_DICTIONARY)
INSERT_ELEMENT = peer.pyformat(peer.INSERT_ELEMENT)


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
    await peer.run_tasks(insert_geo, cursors, peer.geo_records())
    with peer.measured() as figures:
        figures["rows"] = await peer.run_tasks(insert_data, cursors, peer.data_records())
    for connection in connections:
        await connection.close()


asyncio.run(main())
