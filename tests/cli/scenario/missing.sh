bigdata nowhere/to/be/found.lua
