r"""The same elements by psql's \copy, one connection, from a file that is laid out before: what
loading can be without statements for each row."""

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


def main():
    tools.insert_geo()
    with tempfile.NamedTemporaryFile("w", suffix=".tsv") as file:
        rows = write_rows(file)
        copy = f"\\copy data_element (geo_record_id, dictionary_item_id, value) from '{file.name}'"
        tools.measure(["psql", "-X", "-q", "-d", peer.DBURL, "-c", copy], rows)


main()
