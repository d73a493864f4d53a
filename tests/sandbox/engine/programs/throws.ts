// what a wrong setting does: the program ends before it has declared anything
throw new Error("zones must name at least 2 zones, got 1 (a)\nadd one");
