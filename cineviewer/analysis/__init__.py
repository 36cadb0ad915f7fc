"""One Case from file to result, in order; its store, worker process and batch. No Qt."""
