r"""The same elements by psql's \copy, one connection, from a file that is laid out before: what
loading can be without statements for each row."""

import re
import tempfile

import peer
import tools


def write_rows(file):
    geo = {tuple(link): number for number, *link in
           tools.psql(text="select id, fileid, stusab, logrecno from geo_record;")}
    items = tools.segments()
    rows = 0
    for record in peer.data_records():
        number = geo[record.fileid, record.stusab, record.logrecno]
        for item, value in zip(items[record.cifsn], record.items, strict=True):
            file.write(f"{number}\t{item}\t{value}\n")
            rows += 1
    file.flush()
    return rows


# Prints what psql's own thread has run, in nanoseconds, and two numbers more. Starting takes longer
# than the statement, and now more and now less: nothing to be subtracted from the whole.
SPENT = r"\! cat /proc/$PPID/schedstat"


def command(path):
    copy = f"\\copy data_element (geo_record_id, dictionary_item_id, value) from '{path}'"
    return ["psql", "-X", "-q", "-d", peer.DBURL, "-c", r"\timing on",
            "-c", SPENT, "-c", copy, "-c", SPENT]


def seconds(output):
    return float(re.search(r"Time: ([\d.]+) ms", output)[1]) / 1000


def work(output, _):
    before, after = re.findall(r"^(\d+) \d+ \d+$", output, re.MULTILINE)
    return (int(after) - int(before)) / 1e9


def main():
    tools.insert_geo()
    with tempfile.NamedTemporaryFile("w", suffix=".tsv") as file:
        rows = write_rows(file)
        tools.measure(command(file.name), rows, seconds, work)


main()
