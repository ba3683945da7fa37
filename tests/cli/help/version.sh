bigdata --version
bigdata -V
