"""row_by_row with pgbench, a thread for each connection. Its scripts read no files, so each client
has a part of one long script, with the values in it."""

import tempfile

import peer
import tools


def statements(record, items):
    link = record.fileid, record.stusab, record.logrecno
    yield tools.literals(peer.SELECT_GEO, *link) + " \\gset geo_"
    yield tools.literals(peer.SELECT_DICTIONARY, record.cifsn) + ";"
    insert = tools.literals(peer.INSERT_ELEMENT, "GEO", "ITEM", "VALUE").replace("'GEO'", ":geo_id")
    for item, value in zip(items, record.items, strict=True):
        yield insert.replace("'ITEM'", item).replace("'VALUE'", value) + ";"


def write_script(file, records):
    items = tools.segments()
    rows = 0
    for client, share in enumerate(tools.shares(records)):
        file.write(f"\\if :client_id = {client}\n")
        for record in share:
            rows += len(record.items)
            file.writelines(line + "\n" for line in statements(record, items[record.cifsn]))
        file.write("\\endif\n")
    file.flush()
    return rows


def main():
    tools.insert_geo()
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        rows = write_script(file, peer.data_records())
        clients = str(peer.POOLSIZE)
        # Every statement stands in the script once: there is nothing to prepare.
        command = ["pgbench", "-n", "-M", "simple", "-c", clients, "-j", clients, "-t", "1",
                   "-f", file.name, "-d", peer.DBURL]
        tools.measure(command, rows)


main()
