"""row_by_row with asyncpg: a task of asyncio for each connection."""

import asyncio
import shlex

import asyncpg

import peer
import tasks


async def insert_geo(connection, record):
    await connection.execute(peer.INSERT_GEO, *record)
    return 1


async def insert_data(connection, record):
    geo = await connection.fetchrow(peer.SELECT_GEO, record.fileid, record.stusab, record.logrecno)
    items = await connection.fetch(peer.SELECT_DICTIONARY, record.cifsn)
    for item, value in zip(items, record.items, strict=True):
        await connection.execute(peer.INSERT_ELEMENT, geo["id"], item["id"], value)
    return len(record.items)


def arguments():
    """Where to connect, as asyncpg wants it, which reads URIs but not keyword strings."""
    if "://" in peer.DBURL:
        return {"dsn": peer.DBURL}
    words = dict(word.split("=", 1) for word in shlex.split(peer.DBURL) if word[-1] != "=")
    if "dbname" in words:
        words["database"] = words.pop("dbname")
    if "hostaddr" in words:
        words["host"] = words.pop("hostaddr")
    return words


async def main():
    connections = [await asyncpg.connect(**arguments()) for _ in range(peer.POOLSIZE)]
    await tasks.main(insert_geo, insert_data, connections)
    for connection in connections:
        await connection.close()


asyncio.run(main())
