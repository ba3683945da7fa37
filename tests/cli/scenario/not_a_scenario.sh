# A file that returns something else.
echo 'return {}' >table.lua
bigdata table.lua
