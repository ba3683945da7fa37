"""row_by_row with psycopg 3 under asyncio: a task for each connection, the INSERTs of a record in
its pipeline mode, so that none waits for the answer to the one before. A record's rows are one
transaction then."""

import asyncio
import contextlib

import psycopg

import peer
import tasks
from pyformat import INSERT_ELEMENT, INSERT_GEO, SELECT_DICTIONARY, SELECT_GEO


async def insert_geo(connection, record):
    await connection.execute(INSERT_GEO, record)
    return 1


async def insert_data(connection, record):
    found = await connection.execute(SELECT_GEO, (record.fileid, record.stusab, record.logrecno))
    (geo_id,) = await found.fetchone()
    items = await (await connection.execute(SELECT_DICTIONARY, (record.cifsn,))).fetchall()
    async with connection.pipeline():
        for (item_id,), value in zip(items, record.items, strict=True):
            await connection.execute(INSERT_ELEMENT, (geo_id, item_id, value))
    return len(record.items)


async def connect():
    return await psycopg.AsyncConnection.connect(peer.DBURL, autocommit=True)


async def main():
    async with contextlib.AsyncExitStack() as stack:
        connections = [await stack.enter_async_context(await connect())
                       for _ in range(peer.POOLSIZE)]
        await tasks.main(insert_geo, insert_data, connections)


asyncio.run(main())
