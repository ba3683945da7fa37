"""row_by_row with pgbench, a thread for each connection. Its scripts read no files, so each
transaction begins with one statement more, which selects a record's values from a table where they
are laid out before."""

import itertools
import re
import tempfile

import peer
import tools

LINK = ["fileid", "stusab", "logrecno", "cifsn"]


def names(count):
    return [f"item{number}" for number in range(count)]


def lay_out(table, first, records):
    """A table of a segment's records, numbered from first, in the place of one that a killed run
    has left."""
    columns = LINK + names(len(records[0].items))
    tools.psql(text=f"drop table if exists {table};"
                    f"create unlogged table {table} (number integer primary key, "
                    f"{', '.join(f'{column} text not null' for column in columns)});")
    tools.copy_rows(table, ", ".join(["number", *columns]), (
        (number, *(getattr(record, column) for column in LINK), *record.items)
        for number, record in enumerate(records, first)))


def statement(sql, *values):
    """On one line, with these in the place of its parameters."""
    for number, value in reversed(list(enumerate(values, 1))):
        sql = sql.replace(f"${number}", value)
    return " ".join(sql.split())


def transaction(table, items):
    yield f"select * from {table} where number = :number \\gset"
    yield statement(peer.SELECT_GEO, "':fileid'", "':stusab'", "':logrecno'") + " \\gset geo_"
    yield statement(peer.SELECT_DICTIONARY, "':cifsn'") + ";"
    for item, name in zip(items, names(len(items)), strict=True):
        yield statement(peer.INSERT_ELEMENT, ":geo_id", item, ":" + name) + ";"


def segments():
    """Each segment's records, and the name of a table for them."""
    by_segment = itertools.groupby(peer.data_records(), key=lambda record: record.cifsn)
    for number, (segment, records) in enumerate(by_segment):
        yield f"pgbench_records_{number}", segment, list(records)


def write_script(file, tables):
    """Connection c works on the records c, c + connections, ... Adds the tables it reads; returns
    the numbers of records and of rows."""
    items = tools.segments()
    end, rows = 0, 0
    file.write("\\set turn :turn + 1\n")
    file.write("\\set number :client_id + :turn * :clients\n")
    for table, segment, records in segments():
        lay_out(table, end, records)
        end += len(records)
        file.write(f"\\{'elif' if tables else 'if'} :number < {end}\n")
        tables.append(table)
        file.writelines(line + "\n" for line in transaction(table, items[segment]))
        rows += sum(len(record.items) for record in records)
    file.write("\\endif\n")
    file.flush()
    return end, rows


def seconds(output):
    transactions = int(re.search(r"actually processed: (\d+)", output)[1])
    return transactions / float(re.search(r"tps = ([\d.]+) \((?:without|excluding)", output)[1])


def measure(tables):
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        records, rows = write_script(file, tables)
        clients = str(peer.POOLSIZE)
        turns = -(-records // peer.POOLSIZE)

        def command(turns, turn):
            # Every item has a statement of its own: there is little to prepare. To some versions
            # -d is the database, to others it is to tell of every statement.
            return ["pgbench", "-n", "-M", "simple", "-c", clients, "-j", clients, "-t", str(turns),
                    "-D", f"clients={clients}", "-D", f"turn={turn}", "-f", file.name, peer.DBURL]

        # In the turn after the last one there is no record left.
        start = tools.start_cost(command(1, turns - 1))
        tools.measure(command(turns, -1), rows, seconds, lambda _, whole: whole - start)


def main():
    tools.insert_geo()
    tables = []
    try:
        measure(tables)
    finally:
        for table in tables:
            tools.psql(text=f"drop table {table};")


main()
