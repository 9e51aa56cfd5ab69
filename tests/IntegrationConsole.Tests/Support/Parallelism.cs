// A test mostly waits for its database: with one more than there are cores in the smallest place they run in, none is idle.
[assembly: CollectionBehavior(MaxParallelThreads = 3)]
