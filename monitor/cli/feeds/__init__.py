"""`wirewatch feeds`: how feeds are doing, and bringing them in, looking into them, and leaving them alone."""
