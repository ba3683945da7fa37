# help and --help are the same.
diff <(bigdata help) <(bigdata --help)
