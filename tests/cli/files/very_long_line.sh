# A line of many megabytes is a bad line, not the end of memory.
points
{
  echo 1,2
  head -c 40000000 /dev/zero | tr '\0' 7
  printf '\n3,4\n'
} >points.csv
bigdata points.lua --dry-run >/dev/null
