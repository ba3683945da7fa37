bigdata data inspect nowhere.zip
