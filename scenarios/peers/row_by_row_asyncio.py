"""row_by_row with asyncpg: a task of asyncio for each connection."""

import asyncio
import re
import urllib.parse

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


# keyword = value, or 'value', in which \ stands before what is meant as it is.
PAIR = re.compile(r"(\w+)\s*=\s*(?:'((?:\\.|[^'\\])*)'|((?:\\.|[^\s\\])*))", re.DOTALL)

# What asyncpg or the server knows; the rest, such as connect_timeout, is libpq's alone.
KNOWN = {"host", "port", "dbname", "user", "password", "passfile", "application_name", "options",
         "sslmode", "sslcert", "sslkey", "sslpassword", "sslrootcert", "sslcrl"}


def dsn():
    """Where to connect, as a URI: asyncpg reads no keyword strings."""
    place, words = "postgresql://", {}
    if peer.DBURL.startswith(("postgresql://", "postgres://")):
        place, _, query = peer.DBURL.partition("?")
        words = dict(urllib.parse.parse_qsl(query))
    else:
        for keyword, quoted, bare in PAIR.findall(peer.DBURL):
            words[keyword] = re.sub(r"\\(.)", r"\1", quoted or bare, flags=re.DOTALL)
    words["host"] = words.get("hostaddr") or words.get("host")
    known = {keyword: words[keyword] for keyword in KNOWN if words.get(keyword)}
    return f"{place}?{urllib.parse.urlencode(known)}"


async def main():
    connections = [await asyncpg.connect(dsn()) for _ in range(peer.POOLSIZE)]
    await tasks.main(insert_geo, insert_data, connections)
    for connection in connections:
        await connection.close()


asyncio.run(main())
