# A mistyped scenario: the near one is suggested.
bigdata row_by_rwo
