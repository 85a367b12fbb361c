"""Many paths of one scenario or of a whole sweep: chunks, workers, a cluster, resuming."""
