# A private server is gone after the run, with its folder.
sample 5
mkdir tmp
chmod 711 tmp
TMPDIR=$PWD/tmp bigdata row_by_row --directory data --poolsize 2 2>/dev/null | rows data
ls tmp
