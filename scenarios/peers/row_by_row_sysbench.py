"""row_by_row with sysbench, a thread for each connection, its events in Lua:
row_by_row.sysbench.lua reads the records from a file that is laid out before."""

import pathlib
import re
import tempfile

import peer
import tools


def write_records(file):
    """A line for each record: fileid, stusab, logrecno, cifsn, and its items. Returns the number of
    items."""
    rows = 0
    for record in peer.data_records():
        link = record.fileid, record.stusab, record.logrecno, record.cifsn
        file.write(",".join([*link, *record.items]) + "\n")
        rows += len(record.items)
    file.flush()
    return rows


def seconds(output):
    return float(re.search(r"total time:\s*([\d.]+)s", output)[1])


def main():
    tools.insert_geo()
    ((port,),) = tools.psql("-c", r"\echo :PORT")
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
        rows = write_records(file)
        script = pathlib.Path(__file__).parent / "row_by_row.sysbench.lua"
        # For libpq a database's name may be all that says where to connect; what sysbench has as
        # defaults for the rest would go before it.
        command = ["sysbench", "--db-driver=pgsql", f"--pgsql-db={peer.DBURL}", "--pgsql-host=",
                   f"--pgsql-port={port}", "--pgsql-user=", f"--threads={peer.POOLSIZE}",
                   "--events=0", "--time=0", f"--records={file.name}", str(script)]
        start = tools.start_cost([*command, "--idle=on", "run"])
        tools.measure([*command, "run"], rows, seconds, lambda _, whole: whole - start)


main()
