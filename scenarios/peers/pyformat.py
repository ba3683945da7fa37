"""The statements, with their parameters as psycopg writes them."""

import re

import peer


def pyformat(sql):
    return re.sub(r"\$\d+", "%s", sql)


INSERT_GEO = pyformat(peer.INSERT_GEO)
SELECT_GEO = pyformat(peer.SELECT_GEO)
SELECT_DICTIONARY = pyformat(peer.SELECT_DICTIONARY)
INSERT_ELEMENT = pyformat(peer.INSERT_ELEMENT)
