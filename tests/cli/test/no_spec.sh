bigdata test
