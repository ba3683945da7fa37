bigdata data generat
