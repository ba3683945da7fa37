# help and --help are the same.
diff <(bigdata help) <(bigdata --help)
diff <(bigdata help) <(bigdata run --help)
diff <(bigdata help test) <(bigdata test --help)
diff <(bigdata help data) <(bigdata help data generate)
diff <(bigdata help rebuild) <(bigdata rebuild --help)
! bigdata help rebuild | grep "private server"
